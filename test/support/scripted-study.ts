import { createHash } from 'node:crypto';
import { explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import type { Peer } from './dcmtk-tools.ts';
import { encode } from './explicit-encoder.ts';
import { newUid } from './generated-study.ts';
import type { Command } from './scripted-command.ts';
import type { Incoming } from './scripted-connection.ts';
import { type ScriptedStoreScu, connectStoreScu } from './scripted-store-scu.ts';
import { storageSopClasses } from './storage-sop-classes.ts';

export interface ScriptedInstance {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly sopClass: string;
  /** Explicit VR Little Endian. */
  readonly dataSet: Buffer;
}

export interface ScriptedStudy {
  readonly study: string;
  readonly series: readonly string[];
  /** Dealt out to the series in turn. */
  readonly instances: readonly ScriptedInstance[];
}

const sopClass = storageSopClasses.secondaryCapture;
/** What `connectStoreScu` needs to send them. */
export const scriptedContexts = [{ sopClass, transferSyntax: explicitVrLittleEndian }];

/** A study in memory, for an archive that a script plays. */
export function scriptedStudy(count: number, { series = 1, pixelBytes = 2000 } = {}): ScriptedStudy {
  const study = newUid();
  const seriesUids = Array.from({ length: series }, newUid);
  const instances = Array.from({ length: count }, (_, index) =>
    scriptedInstance(study, seriesUids[index % series] ?? '', pixelBytes),
  );
  return { study, series: seriesUids, instances };
}

export function scriptedInstance(study: string, series: string, pixelBytes = 2000): ScriptedInstance {
  const instance = newUid();
  const dataSet = encode([
    [0x0008, 0x0016, 'UI', sopClass],
    [0x0008, 0x0018, 'UI', instance],
    [0x0010, 0x0010, 'PN', 'Scripted^Patient'],
    [0x0020, 0x000d, 'UI', study],
    [0x0020, 0x000e, 'UI', series],
    [0x7fe0, 0x0010, 'OW', Buffer.alloc(pixelBytes, 0x5a)],
  ]);
  return { study, series, instance, sopClass, dataSet };
}

/** Opens an association to send scripted instances on. */
export function connectSender(peer: Peer): Promise<ScriptedStoreScu> {
  return connectStoreScu({ peer, contexts: scriptedContexts });
}

/** One C-STORE. @returns its status, or what came instead of a response */
export async function sendInstance(
  scu: ScriptedStoreScu,
  { instance, dataSet }: ScriptedInstance,
  extra: Command = {},
): Promise<number | Incoming['kind']> {
  const answer = await scu.store({ sopClass, instance, dataSet, extra });
  return answer.kind === 'message' ? Number(answer.command.Status) : answer.kind;
}

/** Sends instances on one association. @returns the status of each */
export async function sendInstances(
  peer: Peer,
  instances: readonly ScriptedInstance[],
): Promise<(number | Incoming['kind'])[]> {
  using scu = await connectSender(peer);
  const statuses: (number | Incoming['kind'])[] = [];
  for (const instance of instances) statuses.push(await sendInstance(scu, instance));
  await scu.release();
  return statuses;
}

/** SHA-256 of each data set, sorted so that they can be compared. */
export function sortedDigests(instances: readonly { readonly dataSet: Buffer }[]): string[] {
  return instances.map(({ dataSet }) => createHash('sha256').update(dataSet).digest('hex')).sort();
}
