import { existsSync, openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { dcmtkEnvironment } from './dcmtk-tools.ts';
import type { Peer, StoreResult } from './dcmtk-tools.ts';
import { freePort } from './free-port.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface OrthancOptions {
  /** Default ORTHANC. */
  readonly aeTitle?: string;
  /** Peers that a C-MOVE may name, by the name that Orthanc's REST interface gives them. */
  readonly modalities?: Readonly<Record<string, Peer>>;
  /** Loads the DICOMweb plugin (Debian package orthanc-dicomweb). Default false. */
  readonly dicomWeb?: boolean;
  /** True switches Nagle's algorithm off; Orthanc leaves it on by itself. Default false. */
  readonly tcpNoDelay?: boolean;
  /** Entries of Orthanc's configuration file that replace the ones used here. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface Orthanc extends Peer, AsyncDisposable {
  readonly pid: number;
  /** REST interface: `http://127.0.0.1:<port>`. */
  readonly restUrl: string;
  /** Root of the DICOMweb plugin, where it is loaded. */
  readonly dicomWebUrl: string;
  output(): string;
  /** Puts files in by REST, byte for byte; accepted is false for what Orthanc cannot read. */
  upload(files: readonly string[]): Promise<StoreResult[]>;
  /** Deletes all that it holds. */
  clear(): Promise<void>;
}

/** Debian's link to the plugin, and the file of Debian 12 that it leads to. */
const pluginPaths = [
  '/usr/share/orthanc/plugins/libOrthancDicomWeb.so',
  '/usr/lib/orthanc/libOrthancDicomWeb.so.1.7',
];

function dicomWebPlugin(): string {
  const path = pluginPaths.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error("Orthanc's DICOMweb plugin is missing: install the Debian package orthanc-dicomweb.");
  }
  return path;
}

/**
 * Starts Orthanc (Debian package orthanc) with an empty storage area of its own. It answers C-ECHO,
 * C-FIND, C-MOVE, C-GET and C-STORE for any calling and called AE title, and REST on loopback.
 */
export async function startOrthanc(options: OrthancOptions = {}): Promise<Orthanc> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('orthanc'));
  const aeTitle = options.aeTitle ?? 'ORTHANC';
  const [dicomPort, httpPort] = [await freePort(), await freePort()];
  const configuration = join(directory.path, 'orthanc.json');
  const settings = configurationOf(options, { aeTitle, dicomPort, httpPort, storage: directory.path });
  await writeFile(configuration, JSON.stringify(settings, undefined, 2));
  const child = stack.use(
    await startChild({
      command: 'Orthanc',
      args: [configuration],
      env: dcmtkEnvironment(options.tcpNoDelay ?? false),
      ready: { output: /Orthanc has started/ },
      readyWithinMs: 30_000,
    }),
  );
  const restUrl = `http://127.0.0.1:${httpPort}`;
  const owned = stack.move();
  return {
    host: '127.0.0.1',
    port: dicomPort,
    aeTitle,
    pid: child.pid,
    restUrl,
    dicomWebUrl: `${restUrl}/dicom-web`,
    output: child.output,
    upload: (files) => upload(restUrl, files),
    clear: () => clear(restUrl),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Place {
  readonly aeTitle: string;
  readonly dicomPort: number;
  readonly httpPort: number;
  readonly storage: string;
}

function configurationOf(options: OrthancOptions, place: Place): Record<string, unknown> {
  const modalities = Object.entries(options.modalities ?? {}).map(
    ([name, { aeTitle, host, port }]) => [name, [aeTitle, host, port]] as const,
  );
  return {
    Name: place.aeTitle,
    StorageDirectory: place.storage,
    IndexDirectory: place.storage,
    DicomAet: place.aeTitle,
    DicomPort: place.dicomPort,
    HttpPort: place.httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    WebDavEnabled: false,
    Plugins: options.dicomWeb === true ? [dicomWebPlugin()] : [],
    DicomWeb: { Enable: true, Root: '/dicom-web/' },
    DicomModalities: Object.fromEntries(modalities),
    DicomCheckCalledAet: false,
    DicomCheckModalityHost: false,
    DicomAlwaysAllowEcho: true,
    DicomAlwaysAllowStore: true,
    DicomAlwaysAllowFind: true,
    DicomAlwaysAllowGet: true,
    DicomAlwaysAllowMove: true,
    UnknownSopClassAccepted: true,
    AcceptedTransferSyntaxes: ['1.2.840.10008.1.*'],
    // Its own default, Latin1, drops what Latin1 has not from the answers to C-FIND.
    DefaultEncoding: 'Utf8',
    // An instance goes out in the transfer syntax in which it came, or not at all.
    TranscodeDicomProtocol: false,
    MaximumPduLength: 131_072,
    // Several clients may ask at once: the default of 4 threads would have them wait for each other.
    DicomThreadsCount: 16,
    // The tests' archives are thrown away: no need to wait for the disk.
    SyncStorageArea: false,
    SaveJobs: false,
    ...options.overrides,
  };
}

async function upload(restUrl: string, files: readonly string[]): Promise<StoreResult[]> {
  const results: StoreResult[] = [];
  for (const file of files) {
    const response = await fetch(`${restUrl}/instances`, {
      method: 'POST',
      body: await openAsBlob(file),
      signal: AbortSignal.timeout(120_000),
    });
    const body = (await response.json()) as { Status?: string; Message?: string; Details?: string };
    const reason = body.Status ?? [body.Message, body.Details].filter(Boolean).join(': ');
    results.push({ file, accepted: response.ok && body.Status === 'Success', reason });
  }
  return results;
}

async function clear(restUrl: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const patients = (await (await fetch(`${restUrl}/patients`, { signal })).json()) as string[];
  for (const patient of patients) {
    const response = await fetch(`${restUrl}/patients/${patient}`, { method: 'DELETE', signal });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`Orthanc answered ${response.status} to the deletion of a patient.`);
  }
}
