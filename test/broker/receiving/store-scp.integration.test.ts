import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instancePath } from '../../../broker/cache/instance-path.ts';
import { readFileMeta } from '../../../broker/dicom/file-meta.ts';
import { readUid, type Uid } from '../../../broker/domain/uid.ts';
import { explicitVrLittleEndian, transferSyntaxes } from '../../../broker/domain/transfer-syntax.ts';
import { echoscu } from '../../support/dcmtk-tools.ts';
import { type ReceiverScene, startReceiver } from '../../support/receiver-scene.ts';
import { runTool } from '../../support/run-tool.ts';
import { encodeCommand } from '../../support/scripted-command.ts';
import { encodeData } from '../../support/scripted-pdu.ts';
import { connectStoreScu } from '../../support/scripted-store-scu.ts';
import { type SentInstance, sentInstance } from '../../support/sent-instance.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';

const sopClass = storageSopClasses.secondaryCapture;
const contexts = [{ sopClass, transferSyntax: explicitVrLittleEndian }];

let scene: ReceiverScene;
beforeAll(async () => {
  scene = await startReceiver();
});
afterAll(() => scene[Symbol.asyncDispose]());
beforeEach(() => {
  for (const list of [scene.stored, scene.refused, scene.associations]) list.length = 0;
});

function pathOf(sent: SentInstance): string {
  const [study, series, instance] = [sent.study, sent.series, sent.instance].map((uid) => readUid(uid)) as [
    Uid,
    Uid,
    Uid,
  ];
  return instancePath(scene.cacheDirectory, { archive: 'main', study, series, instance });
}

/** The data set of a stored file, after a check that its meta information is right. */
async function storedDataSet(sent: SentInstance): Promise<Buffer> {
  const bytes = await readFile(pathOf(sent));
  const { dataSetOffset, ...meta } = readFileMeta(bytes);
  expect(meta).toEqual({
    transferSyntaxUid: sent.transferSyntax,
    sopClassUid: sent.sopClass,
    sopInstanceUid: sent.instance,
  });
  return bytes.subarray(dataSetOffset);
}

describe('the store SCP', () => {
  it('answers C-ECHO', async () => {
    expect((await echoscu(scene.peer)).exitCode).toBe(0);
    await expect.poll(() => scene.associations.map(({ what }) => what)).toEqual(['opened', 'closed']);
    expect(scene.associations[0]).toMatchObject({ callingAeTitle: 'DCMTK', peer: '127.0.0.1', open: 1 });
    expect(scene.associations[1]).toMatchObject({ open: 0, reason: undefined });
  });

  it('stores every transfer syntax of the standard, and DCMTK takes each file for a DICOM file', async () => {
    const all = transferSyntaxes.map(({ uid }) => sentInstance({ transferSyntax: uid }));
    using scu = await connectStoreScu({ peer: scene.peer, contexts: all });
    expect([...scu.accepted.values()]).toEqual(all.map(({ transferSyntax }) => transferSyntax));
    for (const [index, sent] of all.entries()) {
      using _expected = await scene.expect(sent.study);
      const response = await scu.store({ ...sent, contextId: 2 * index + 1 });
      expect(response, sent.transferSyntax).toMatchObject({
        command: { Status: 0, AffectedSOPInstanceUID: sent.instance },
      });
      expect((await storedDataSet(sent)).equals(sent.dataSet), sent.transferSyntax).toBe(true);
    }
    const paths = all.map(pathOf);
    const { stdout } = await runTool('dcmftest', paths);
    expect(stdout.match(/^yes: /gm)).toHaveLength(all.length);
    await expect.poll(() => scene.stored.map(({ path }) => path)).toEqual(paths);
  });

  it('tells where and how large the file is, and its CRC-32 and the begin of its data set', async () => {
    const sent = sentInstance();
    using _expected = await scene.expect(sent.study);
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    await scu.store(sent);
    const file = await readFile(pathOf(sent));
    await expect
      .poll(() => scene.stored)
      .toEqual([
        {
          archive: 'main',
          study: sent.study,
          series: sent.series,
          instance: sent.instance,
          sopClassUid: sopClass,
          transferSyntaxUid: explicitVrLittleEndian,
          size: file.length,
          dataSetOffset: file.length - sent.dataSet.length,
          crc32: crc32(file),
          path: pathOf(sent),
        },
      ]);
  });

  it('stores the same bytes however the data set and its command are fragmented', async () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 12 });
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    await fc.assert(
      fc.asyncProperty(
        cuts,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 900 }),
        async (sizes, perPdu, tcpBytes) => {
          const sent = sentInstance({ bytes: 4_000 });
          using _expected = await scene.expect(sent.study);
          const command = encodeCommand({
            AffectedSOPClassUID: sopClass,
            CommandField: 1,
            MessageID: 1,
            CommandDataSetType: 1,
            AffectedSOPInstanceUID: sent.instance,
          });
          const split = (bytes: Buffer, isCommand: boolean) => {
            const parts: Buffer[] = [];
            for (let at = 0, index = 0; at < bytes.length; index += 1) {
              const size = index > 60 ? bytes.length : (sizes[index % sizes.length] ?? 0);
              parts.push(bytes.subarray(at, at + size));
              at += size;
            }
            return parts.map((part, index) => ({
              contextId: 1,
              isCommand,
              isLast: index === parts.length - 1,
              bytes: part,
            }));
          };
          const values = [...split(command, true), ...split(sent.dataSet, false)];
          const pdus: Buffer[] = [];
          for (let at = 0; at < values.length; at += perPdu)
            pdus.push(encodeData(values.slice(at, at + perPdu)));
          const stream = Buffer.concat(pdus);
          for (let at = 0; at < stream.length; at += tcpBytes)
            await scu.sendRaw(stream.subarray(at, at + tcpBytes));
          expect(await scu.read()).toMatchObject({ command: { Status: 0 } });
          expect((await storedDataSet(sent)).equals(sent.dataSet)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stores an instance that comes twice once more', async () => {
    const sent = sentInstance();
    using _expected = await scene.expect(sent.study);
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    for (let count = 0; count < 2; count += 1)
      expect(await scu.store(sent)).toMatchObject({ command: { Status: 0 } });
    await expect.poll(() => scene.stored).toHaveLength(2);
    expect((await storedDataSet(sent)).equals(sent.dataSet)).toBe(true);
  });

  it('answers more than one association at once', async () => {
    const all = Array.from({ length: 6 }, () => sentInstance({ bytes: 400_000 }));
    await Promise.all(
      all.map(async (sent) => {
        using _expected = await scene.expect(sent.study);
        using scu = await connectStoreScu({ peer: scene.peer, contexts });
        expect(await scu.store(sent)).toMatchObject({ command: { Status: 0 } });
        await scu.release();
      }),
    );
    for (const sent of all) expect((await storedDataSet(sent)).equals(sent.dataSet)).toBe(true);
  });
});

describe('the store SCP refuses', () => {
  it('what no retrieval expects, with 0x0124, and keeps nothing of it', async () => {
    const sent = sentInstance({ bytes: 2_000_000 });
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    const response = await scu.store(sent);
    expect(response).toMatchObject({
      command: { Status: 0x0124, ErrorComment: 'No retrieval asked for this study' },
    });
    await expect
      .poll(() => scene.refused)
      .toMatchObject([{ sopInstanceUid: sent.instance, status: 0x0124, callingAeTitle: 'SCRIPTED' }]);
    expect(scene.stored).toEqual([]);
    expect(
      (await scene.files()).filter((file) => file.includes(sent.study) || file.endsWith('.part')),
    ).toEqual([]);
    expect(await scu.store(sent)).toMatchObject({ command: { Status: 0x0124 } });
  });

  it('what is not expected any more', async () => {
    const sent = sentInstance();
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    (await scene.expect(sent.study))[Symbol.dispose]();
    expect(await scu.store(sent)).toMatchObject({ command: { Status: 0x0124 } });
  });

  it('not what stops being expected while it arrives', async () => {
    const sent = sentInstance({ bytes: 100_000 });
    const expected = await scene.expect(sent.study);
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    await scu.sendStoreCommand(sent);
    await scu.sendDataSet(1, sent.dataSet.subarray(0, 50_000), { finish: false });
    await sleep(50);
    expected[Symbol.dispose]();
    await sleep(50);
    await scu.sendDataSet(1, sent.dataSet.subarray(50_000));
    expect(await scu.read()).toMatchObject({ command: { Status: 0 } });
    expect((await storedDataSet(sent)).equals(sent.dataSet)).toBe(true);
  });

  it.each([
    {
      what: 'another SOP Instance UID than the data set has',
      change: { AffectedSOPInstanceUID: '1.2.3' },
      status: 0xa900,
    },
    {
      what: 'a path for a SOP Instance UID',
      change: { AffectedSOPInstanceUID: '../../etc/passwd' },
      status: 0xc000,
    },
    { what: 'no SOP Instance UID', change: { AffectedSOPInstanceUID: '' }, status: 0xc000 },
    { what: 'a SOP class that is no UID', change: { AffectedSOPClassUID: 'CT Image' }, status: 0xc000 },
    {
      what: 'a SOP Instance UID of 16,000 spaces',
      change: { AffectedSOPInstanceUID: `1${' '.repeat(15_000)}1` },
      status: 0xc000,
    },
  ])('a command with $what', async ({ change, status }) => {
    const sent = sentInstance();
    using _expected = await scene.expect(sent.study);
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    expect(await scu.store({ ...sent, extra: change })).toMatchObject({ command: { Status: status } });
    expect(
      (await scene.files()).filter((file) => file.includes(sent.study) || file.endsWith('.part')),
    ).toEqual([]);
  });

  it.each([
    { what: 'no study', dataSet: sentInstance().dataSet.subarray(0, 100) },
    { what: 'nothing', dataSet: Buffer.alloc(0) },
    { what: 'no data set at all', dataSet: Buffer.alloc(20_000, 0xff) },
  ])('a data set that says $what', async ({ dataSet }) => {
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    const response = await scu.store({ sopClass, instance: '1.2.3', dataSet });
    expect(response).toMatchObject({ command: { Status: 0xc000 } });
  });

  it('who calls it by another AE title; capitals do not matter', async () => {
    const wrong = { ...scene.peer, aeTitle: 'SOMEBODY' };
    await expect(connectStoreScu({ peer: wrong, contexts })).rejects.toThrow(/PDU 3: 00010107/);
    const refused = (): unknown => scene.associations.filter(({ what }) => what === 'refused');
    await expect.poll(refused).toMatchObject([{ reason: 'it called SOMEBODY, this is BROKERSCP' }]);
    using scu = await connectStoreScu({ peer: { ...scene.peer, aeTitle: 'brokerscp' }, contexts });
    expect(scu.accepted.size).toBe(1);
  });

  it('classes that are no storage, and transfer syntaxes that nobody knows, context by context', async () => {
    const proposed = [
      ...contexts,
      { sopClass: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntax: explicitVrLittleEndian },
      { sopClass, transferSyntax: '1.2.3.4' },
      { sopClass: '1.3.12.2.1107.5.9.1', transferSyntax: explicitVrLittleEndian },
    ];
    using scu = await connectStoreScu({ peer: scene.peer, contexts: proposed });
    expect([...scu.accepted.keys()]).toEqual([1, 7]);
  });

  it('more associations than its limit, and takes them again once one has ended', async () => {
    const open = await Promise.all(
      Array.from({ length: 8 }, () => connectStoreScu({ peer: scene.peer, contexts })),
    );
    await expect(connectStoreScu({ peer: scene.peer, contexts })).rejects.toThrow(/PDU 3: 00020302/);
    await open[0]?.release();
    await sleep(20);
    using again = await connectStoreScu({ peer: scene.peer, contexts });
    expect(again.accepted.size).toBe(1);
    for (const scu of open) scu.reset();
    await expect.poll(() => scene.associations.at(-1)?.open).toBe(1);
  });

  it('to be held by who connects and says nothing', async () => {
    const socket = createConnection({ host: scene.peer.host, port: scene.peer.port });
    const start = performance.now();
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});
