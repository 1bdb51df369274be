import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { type ReceiverScene, startReceiver } from '../../support/receiver-scene.ts';
import { encodeCommand } from '../../support/scripted-command.ts';
import { encodeData, encodePdu, pduHeader, pduTypes } from '../../support/scripted-pdu.ts';
import { type ScriptedStoreScu, connectStoreScu } from '../../support/scripted-store-scu.ts';
import { type SentInstance, sentInstance } from '../../support/sent-instance.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';

const sopClass = storageSopClasses.secondaryCapture;
const contexts = [
  { sopClass, transferSyntax: explicitVrLittleEndian },
  { sopClass, transferSyntax: '1.2.3.4.5' },
];
const half = 900_000;

let scene: ReceiverScene;
beforeAll(async () => {
  scene = await startReceiver({ maxAssociations: 2 });
});
afterAll(() => scene[Symbol.asyncDispose]());
beforeEach(() => {
  for (const list of [scene.stored, scene.refused, scene.associations]) list.length = 0;
});

/** An association that is in the middle of an instance, half a megabyte of it on the disk. */
async function midInstance(): Promise<{ scu: ScriptedStoreScu; sent: SentInstance; expected: Disposable }> {
  const sent = sentInstance({ bytes: 2 * half });
  const expected = await scene.expect(sent.study);
  const scu = await connectStoreScu({ peer: scene.peer, contexts });
  await scu.sendStoreCommand(sent);
  await scu.sendDataSet(1, sent.dataSet.subarray(0, half), { finish: false });
  const limit = performance.now() + 2_000;
  while (!(await scene.files()).some((file) => file.endsWith('.part')) && performance.now() < limit)
    await sleep(5);
  expect((await scene.files()).filter((file) => file.endsWith('.part'))).toHaveLength(1);
  return { scu, sent, expected };
}

/** Waits for the SCP to be done with every association; nothing may be left of what was not whole. */
async function untilClean(withinMs = 2_000): Promise<string | undefined> {
  const limit = performance.now() + withinMs;
  for (;;) {
    const last = scene.associations.at(-1);
    const left = (await scene.files()).filter((file) => file.endsWith('.part'));
    if (last?.what === 'closed' && last.open === 0 && left.length === 0) return last.reason;
    if (performance.now() > limit) throw new Error(`Not clean: ${JSON.stringify(last)}, ${left.join(', ')}`);
    await sleep(10);
  }
}

describe('a sender that breaks off in the middle of a data set', () => {
  it.each<{ how: string; does: (scu: ScriptedStoreScu) => Promise<void>; says: RegExp }>([
    {
      how: 'aborts',
      does: (scu) => scu.abort(0, 0),
      says: /SCRIPTED at 127\.0\.0\.1 aborted the association/,
    },
    {
      how: 'resets the connection',
      does: async (scu) => {
        scu.reset();
      },
      says: /ECONNRESET|closed the connection/,
    },
    {
      how: 'closes the connection',
      does: async (scu) => {
        scu.end();
      },
      says: /SCRIPTED at 127\.0\.0\.1 closed the connection/,
    },
    {
      how: 'is silent',
      does: () => Promise.resolve(),
      says: /sent nothing more in the middle of a message for 0\.4 s/,
    },
    {
      how: 'releases',
      does: (scu) => scu.sendPdu({ type: pduTypes.releaseRequest, body: Buffer.alloc(4) }),
      says: /^$/,
    },
    {
      how: 'sends another command',
      does: (scu) => scu.sendStoreCommand({ sopClass, instance: '1.2' }),
      says: /a command before the data set of the last one had ended/,
    },
    {
      how: 'changes to another context',
      does: (scu) => scu.sendDataSet(3, Buffer.from('x')),
      says: /presentation context 3 for a command in 1/,
    },
    {
      how: 'announces a PDU of 4 GiB',
      does: (scu) => scu.sendRaw(pduHeader(4, 0xffff_ffff)),
      says: /4294967295 bytes/,
    },
    {
      how: 'requests an association again',
      does: (scu) => scu.sendPdu({ type: 1, body: Buffer.alloc(68) }),
      says: /out of turn/,
    },
    { how: 'sends a PDU that does not exist', does: (scu) => scu.sendRaw(pduHeader(9, 4)), says: /type 0x9/ },
  ])('because it $how leaves no file and no association', async ({ does, says }) => {
    const { scu, expected } = await midInstance();
    await does(scu);
    expect((await untilClean()) ?? '').toMatch(says);
    expect(scene.stored).toEqual([]);
    expected[Symbol.dispose]();
    scu.reset();
  });
});

describe('a sender that breaks the rules between messages', () => {
  it.each<{ what: string; does: (scu: ScriptedStoreScu) => Promise<void>; says: RegExp }>([
    {
      what: 'a message in a context that was not accepted',
      does: (scu) => scu.sendStoreCommand({ contextId: 3, sopClass, instance: '1.2' }),
      says: /context 3, which was not accepted/,
    },
    {
      what: 'a message in a context that was not proposed',
      does: (scu) => scu.sendStoreCommand({ contextId: 99, sopClass, instance: '1.2' }),
      says: /context 99/,
    },
    {
      what: 'a data set without a command',
      does: (scu) => scu.sendDataSet(1, Buffer.from('x')),
      says: /without a command/,
    },
    {
      what: 'a response that nobody asked for',
      does: (scu) => scu.sendCommand(1, { CommandField: 0x8001, MessageIDBeingRespondedTo: 1, Status: 0 }),
      says: /without a message ID/,
    },
    {
      what: 'an A-RELEASE-RP out of turn',
      does: (scu) => scu.sendPdu({ type: 6, body: Buffer.alloc(4) }),
      says: /RELEASE-RP/,
    },
    {
      what: 'half of a PDU header',
      does: (scu) => scu.sendRaw(Buffer.from([4, 0, 0])),
      says: /nothing more/,
    },
    {
      what: 'a command of 1 MiB',
      does: (scu) =>
        scu.sendData([{ contextId: 1, isCommand: true, isLast: false, bytes: Buffer.alloc(1 << 20) }]),
      says: /more than 16384 bytes/,
    },
  ])('sends $what and is aborted', async ({ does, says }) => {
    const scu = await connectStoreScu({ peer: scene.peer, contexts });
    await does(scu);
    expect((await scu.read()).kind).toBe('abort');
    expect((await untilClean()) ?? '').toMatch(says);
    scu.reset();
  });

  it('by a service that is not offered is told so, and may go on', async () => {
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    await scu.sendCommand(1, { CommandField: 0x20, MessageID: 5, CommandDataSetType: 0x101 });
    expect(await scu.read()).toMatchObject({
      command: { CommandField: 0x8020, MessageIDBeingRespondedTo: 5, Status: 0x0211 },
    });
    await scu.sendCommand(1, {
      CommandField: 0x0fff,
      MessageIDBeingRespondedTo: 5,
      CommandDataSetType: 0x101,
    });
    await scu.sendCommand(1, {
      CommandField: 1,
      MessageID: 6,
      CommandDataSetType: 0x101,
      AffectedSOPInstanceUID: '1.2',
    });
    expect(await scu.read()).toMatchObject({
      command: { CommandField: 0x8001, MessageIDBeingRespondedTo: 6, Status: 0xc000 },
    });
  });

  it('by leaving the association idle for too long is aborted', async () => {
    const idle = await startReceiver({ idleTimeoutMs: 300, transferTimeoutMs: 5_000 });
    try {
      const scu = await connectStoreScu({ peer: idle.peer, contexts });
      const start = performance.now();
      expect((await scu.read()).kind).toBe('abort');
      expect(performance.now() - start).toBeLessThan(1_500);
      await expect.poll(() => idle.associations.at(-1)).toMatchObject({ what: 'closed', open: 0 });
    } finally {
      await idle[Symbol.asyncDispose]();
    }
  });
});

describe('a sender that asks without end and reads no answer', () => {
  it('is not read from any more, and given up', async () => {
    const scu = await connectStoreScu({ peer: scene.peer, contexts });
    scu.pause();
    const echo = encodeData([
      {
        contextId: 1,
        isCommand: true,
        isLast: true,
        bytes: encodeCommand({ CommandField: 0x30, MessageID: 1, CommandDataSetType: 0x101 }),
      },
    ]);
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => echo));
    let isOver = false;
    const flood = async (): Promise<void> => {
      while (!isOver) {
        await scu.sendRaw(many);
        await sleep(1);
      }
    };
    void flood().catch(() => undefined);
    const last = (): unknown => scene.associations.at(-1);
    await expect.poll(last, { timeout: 8_000 }).toMatchObject({
      what: 'closed',
      open: 0,
      reason: expect.stringMatching(/took no more data/) as string,
    });
    isOver = true;
    scu.reset();
  });
});

describe('after all that', () => {
  it('the receiving thread is the one that was started, and stores', async () => {
    expect(scene.starts).toBe(1);
    expect(scene.crashes).toEqual([]);
    const sent = sentInstance();
    using _expected = await scene.expect(sent.study);
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    expect(await scu.store(sent)).toMatchObject({ command: { Status: 0 } });
  });

  it('bytes that are no DICOM do not disturb it either', async () => {
    for (const bytes of [
      Buffer.from('GET / HTTP/1.0\r\n\r\n'),
      Buffer.alloc(5_000, 0xff),
      encodePdu({ type: 1, body: Buffer.alloc(10) }),
    ]) {
      const scu = await connectStoreScu({ peer: scene.peer, contexts });
      await scu.sendRaw(bytes);
      expect((await scu.read()).kind).toBe('abort');
      scu.reset();
    }
    expect(scene.starts).toBe(1);
  });
});
