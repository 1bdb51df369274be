import { startDcmqrscp } from '../support/dcmqrscp.ts';
import type { Dcmqrscp } from '../support/dcmqrscp.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { startOrthanc } from '../support/orthanc.ts';
import type { Orthanc } from '../support/orthanc.ts';
import type { StudySet } from './study-sets.ts';

/** Those that an archive is asked to send to, each on a port of its own. */
export interface Destinations {
  readonly gateway: Peer;
  readonly movescu: Peer;
  readonly storeScp: Peer;
}

export interface FilledArchive<Archive extends Peer> extends AsyncDisposable {
  readonly archive: Archive;
  readonly destinations: Destinations;
}

const filesPerUpload = 50;

async function newDestinations(): Promise<Destinations> {
  const at = async (aeTitle: string): Promise<Peer> => ({
    host: '127.0.0.1',
    port: await freePort(),
    aeTitle,
  });
  return { gateway: await at('BROKER'), movescu: await at('MOVESCU'), storeScp: await at('STORESCP') };
}

/** dcmqrscp without Nagle's algorithm, with these sets in its index. */
export async function startFilledDcmqrscp(sets: readonly StudySet[]): Promise<FilledArchive<Dcmqrscp>> {
  await using stack = new AsyncDisposableStack();
  const destinations = await newDestinations();
  const archive = stack.use(await startDcmqrscp({ moveDestinations: Object.values(destinations) as Peer[] }));
  for (const { instances } of sets) await archive.register(instances);
  const owned = stack.move();
  return { archive, destinations, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Orthanc with Nagle's algorithm on, as it comes, with a set in its store and the DICOMweb plugin. */
export async function startFilledOrthanc(
  set: StudySet,
  signal: AbortSignal,
): Promise<FilledArchive<Orthanc>> {
  await using stack = new AsyncDisposableStack();
  const destinations = await newDestinations();
  const archive = stack.use(await startOrthanc({ modalities: { ...destinations }, dicomWeb: true }));
  for (let first = 0; first < set.files.length; first += filesPerUpload) {
    signal.throwIfAborted();
    const results = await archive.upload(set.files.slice(first, first + filesPerUpload));
    const refused = results.find(({ accepted }) => !accepted);
    if (refused !== undefined) throw new Error(`Orthanc did not take ${refused.file}: ${refused.reason}`);
  }
  const owned = stack.move();
  return { archive, destinations, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
