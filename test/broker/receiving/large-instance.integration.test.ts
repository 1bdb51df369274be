import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { elementHeader } from '../../support/explicit-encoder.ts';
import { type ReceiverScene, startReceiver } from '../../support/receiver-scene.ts';
import { encodeData } from '../../support/scripted-pdu.ts';
import { settledMemory } from '../../support/settled-memory.ts';
import { type ScriptedStoreScu, connectStoreScu } from '../../support/scripted-store-scu.ts';
import { type SentInstance, sentInstance } from '../../support/sent-instance.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';

const sopClass = storageSopClasses.secondaryCapture;
const contexts = [{ sopClass, transferSyntax: explicitVrLittleEndian }];
const blockBytes = 1024 * 1024;
/** A MiB of a data set as it goes over the wire, encoded once so that sending needs no memory. */
const block = encodeData(
  Array.from({ length: 8 }, () => ({
    contextId: 1,
    isCommand: false,
    isLast: false,
    bytes: Buffer.alloc(blockBytes / 8, 0x5a),
  })),
);

/** Sends an instance with so many MiB of pixel data, one block at a time. @returns most of the resident memory meanwhile */
async function sendLarge(
  scene: ReceiverScene,
  megabytes: number,
): Promise<{ sent: SentInstance; bytes: number; peak: number }> {
  const sent = sentInstance();
  using _expected = await scene.expect(sent.study);
  using scu: ScriptedStoreScu = await connectStoreScu({ peer: scene.peer, contexts });
  await scu.sendStoreCommand(sent);
  const head = Buffer.concat([sent.dataSet, elementHeader(0x7fe0, 0x0010, 'OW', megabytes * blockBytes)]);
  await scu.sendDataSet(1, head, { finish: false });
  let peak = 0;
  for (let count = 0; count < megabytes; count += 1) {
    await scu.sendRaw(block);
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  await scu.sendDataSet(1, Buffer.alloc(0));
  expect(await scu.read()).toMatchObject({ command: { Status: 0 } });
  await expect.poll(() => scene.stored.at(-1)?.instance).toBe(sent.instance);
  return { sent, bytes: head.length + megabytes * blockBytes, peak };
}

it('an instance of 300 MiB costs no more memory than one of 20 MiB', async () => {
  await using scene = await startReceiver({ transferTimeoutMs: 20_000 });
  await sendLarge(scene, 20);
  settledMemory();
  const before = process.memoryUsage().rss;
  const { bytes, peak } = await sendLarge(scene, 300);
  expect(peak - before).toBeLessThan(50 * 1024 * 1024);
  const stored = scene.stored.at(-1);
  expect(stored?.size).toBe((stored?.dataSetOffset ?? 0) + bytes);
  expect((await stat(stored?.path ?? '')).size).toBe(stored?.size);
}, 60_000);

it('a data set in pieces of one byte, most of them empty, costs little memory too', async () => {
  await using scene = await startReceiver({ transferTimeoutMs: 20_000 });
  const sent = sentInstance({ bytes: 100_000 });
  using _expected = await scene.expect(sent.study);
  using scu = await connectStoreScu({ peer: scene.peer, contexts });
  await scu.sendStoreCommand(sent);
  const pieces = Array.from(sent.dataSet, (_byte, index) => [
    { contextId: 1, isCommand: false, isLast: false, bytes: Buffer.alloc(0) },
    { contextId: 1, isCommand: false, isLast: false, bytes: sent.dataSet.subarray(index, index + 1) },
  ]).flat();
  settledMemory();
  const before = process.memoryUsage().rss;
  for (let at = 0; at < pieces.length; at += 2_000) await scu.sendData(pieces.slice(at, at + 2_000));
  await scu.sendDataSet(1, Buffer.alloc(0));
  expect(await scu.read()).toMatchObject({ command: { Status: 0 } });
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  await expect.poll(() => scene.stored).toMatchObject([{ instance: sent.instance }]);
});
