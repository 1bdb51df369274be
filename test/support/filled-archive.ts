import { readFile } from 'node:fs/promises';
import { startDcmqrscp } from './dcmqrscp.ts';
import { type Peer, type StoreResult, movescu } from './dcmtk-tools.ts';
import { freePort } from './free-port.ts';
import { gatewayAeTitle } from './gateway.ts';
import { startOrthanc } from './orthanc.ts';
import { type Part10, readPart10 } from './part10.ts';
import { type RealInstance, groupForArchive, identifyAll } from './real-instances.ts';
import { type StoreScp, startStoreScp } from './store-scp.ts';

export type ArchiveKind = 'dcmqrscp' | 'Orthanc';

/** An archive that holds some of the files, and what it makes of them. */
export interface FilledArchive {
  readonly archive: Peer;
  /** Where it sends what the gateway asks for. */
  readonly scpPort: number;
  readonly accepted: readonly RealInstance[];
  readonly notAccepted: readonly StoreResult[];
  /** What it sends to DCMTK's storescp by C-MOVE, data sets as received: by SOP Instance UID. */
  readonly sent: ReadonlyMap<string, SentInstance>;
}

export interface SentInstance extends Part10 {
  readonly path: string;
}

/** Takes files in; the answers are in their order. */
type Store = (files: readonly string[]) => Promise<StoreResult[]>;

/**
 * Puts every file into an archive, in as many rounds as it takes (see groupForArchive); what one round
 * started ends with it. Each file is in `accepted` or `notAccepted` of just one round.
 * @throws Error where an archive accepts a file that DCMTK finds no identifying attributes in
 */
export async function* filledArchives(
  kind: ArchiveKind,
  files: readonly string[],
): AsyncGenerator<FilledArchive, void, undefined> {
  const instances = await identifyAll(files);
  // The first round is for what cannot be sorted.
  const groups = [[], ...groupForArchive(instances, { mixed: kind === 'Orthanc' })];
  const known = new Set(instances.map(({ file }) => file));
  const unidentified = files.filter((file) => !known.has(file));
  const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
  const rounds = kind === 'dcmqrscp' ? dcmqrscpRounds(scp, groups) : orthancRounds(scp, groups);
  for await (const { archive, store, receiver, group } of rounds) {
    const [accepted, notAccepted] =
      group.length === 0 ? [[], await refusals(store, unidentified)] : await fill(store, group);
    const sent = await moveAll(archive, receiver, accepted);
    yield { archive, scpPort: scp.port, accepted, notAccepted, sent };
  }
}

interface Round {
  readonly archive: Peer;
  readonly store: Store;
  readonly receiver: StoreScp;
  readonly group: readonly RealInstance[];
}

async function* dcmqrscpRounds(scp: Peer, groups: readonly RealInstance[][]): AsyncGenerator<Round> {
  for (const group of groups) {
    const transferSyntax = group[0]?.transferSyntax;
    await using receiver = await startStoreScp();
    await using archive = await startDcmqrscp({
      moveDestinations: [receiver, scp],
      ...(transferSyntax === undefined ? {} : { transferSyntax }),
      // By C-GET it sends on the first context that was accepted for the SOP class, whatever its syntax.
      takesOtherSyntaxes: transferSyntax === undefined,
    });
    yield { archive, store: archive.store, receiver, group };
  }
}

async function* orthancRounds(scp: Peer, groups: readonly RealInstance[][]): AsyncGenerator<Round> {
  const port = await freePort();
  const receiver = { host: '127.0.0.1', port, aeTitle: 'STORESCP' };
  await using archive = await startOrthanc({
    tcpNoDelay: true,
    modalities: { gateway: scp, storescp: receiver },
  });
  for (const group of groups) {
    await using storescp = await startStoreScp({ port, aeTitle: receiver.aeTitle });
    yield { archive, store: archive.upload, receiver: storescp, group };
    await archive.clear();
  }
}

async function fill(
  store: Store,
  group: readonly RealInstance[],
): Promise<[readonly RealInstance[], readonly StoreResult[]]> {
  const results = await store(group.map(({ file }) => file));
  return [
    group.filter((_, index) => results[index]?.accepted === true),
    results.filter(({ accepted }) => !accepted),
  ];
}

/** One by one: a file that cannot be read must not be the reason why the next one is not sent. */
async function refusals(store: Store, files: readonly string[]): Promise<StoreResult[]> {
  const results: StoreResult[] = [];
  for (const file of files) results.push(...(await store([file])));
  const taken = results.find(({ accepted }) => accepted);
  if (taken !== undefined) throw new Error(`${taken.file} was accepted, but DCMTK cannot tell what it is.`);
  return results;
}

async function moveAll(
  archive: Peer,
  receiver: StoreScp,
  instances: readonly RealInstance[],
): Promise<ReadonlyMap<string, SentInstance>> {
  for (const study of new Set(instances.map((instance) => instance.study))) {
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: study };
    await movescu(archive, { keys, destination: receiver.aeTitle });
  }
  return await receivedBy(receiver);
}

/** What storescp has received, by SOP Instance UID. */
export async function receivedBy(receiver: StoreScp): Promise<ReadonlyMap<string, SentInstance>> {
  const sent = new Map<string, SentInstance>();
  for (const [instance, path] of await receiver.received()) {
    sent.set(instance, { ...readPart10(await readFile(path)), path });
  }
  return sent;
}
