import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { incomingDirectory } from '../../../broker/cache/instance-path.ts';
import type { StoredInstance } from '../../../broker/cache/stored-instance.ts';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { readUid } from '../../../broker/domain/uid.ts';
import { InstanceKeeper } from '../../../broker/receiving/instance-keeper.ts';
import { scriptedStudy } from '../../support/scripted-study.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const { study, instances } = scriptedStudy(1);
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let stored: StoredInstance[];
let keeper: InstanceKeeper;

beforeEach(async () => {
  directory = await temporaryDirectory('keeper');
  await mkdir(incomingDirectory(directory.path), { recursive: true });
  stored = [];
  keeper = new InstanceKeeper({
    cacheDirectory: directory.path,
    unsolicitedArchive: 'default',
    stored: (instance) => stored.push(instance),
    receiving: () => undefined,
    refused: () => undefined,
  });
});

afterEach(() => directory[Symbol.asyncDispose]());

/** Archives are expected to send the study: by name, their AE titles. */
function expectFrom(archives: Readonly<Record<string, string>>): void {
  const uid = readUid(study);
  if (uid === undefined) throw new Error('no UID');
  Object.entries(archives).forEach(([archive, archiveAeTitle], id) => {
    keeper.expect(id, { archive, study: uid, archiveAeTitle });
  });
}

/** Who the instance is filed under, or the status with which it was refused. */
function receivedFrom(callingAeTitle: string): string | number {
  const [one] = instances;
  if (one === undefined) throw new Error('no instance');
  const sink = keeper.open({
    sopClassUid: one.sopClass,
    sopInstanceUid: one.instance,
    transferSyntaxUid: explicitVrLittleEndian,
    callingAeTitle,
    peer: '127.0.0.1',
  });
  sink.write(one.dataSet);
  const { status } = sink.end();
  return status === 0 ? (stored.at(-1)?.archive ?? 'nowhere') : status;
}

test('of two archives that are asked for one study, the sender gets its own image', () => {
  expectFrom({ a: 'PACSA', b: 'PACSB' });
  expect([receivedFrom('PACSB'), receivedFrom('PACSA')]).toEqual(['b', 'a']);
});

test('the only archive that is asked for a study may send under another title', () => {
  expectFrom({ a: 'PACSA' });
  expect(receivedFrom('SENDER')).toBe('a');
});

test('an image that may be of either of two archives is refused, never filed under the wrong one', () => {
  expectFrom({ a: 'PACSA', b: 'PACSB' });
  expect(receivedFrom('SENDER')).toBe(0x0124);
});
