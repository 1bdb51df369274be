import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readUid, type Uid } from '../../../broker/domain/uid.ts';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import type { GetOrder } from '../../../broker/receiving/protocol.ts';
import { echoscu } from '../../support/dcmtk-tools.ts';
import { shortLimits } from '../../support/association-request.ts';
import { type ReceiverScene, startReceiver } from '../../support/receiver-scene.ts';
import { type Script, startScriptedArchive } from '../../support/scripted-archive.ts';
import { connectStoreScu } from '../../support/scripted-store-scu.ts';
import { sentInstance } from '../../support/sent-instance.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';

const sopClass = storageSopClasses.secondaryCapture;
const contexts = [{ sopClass, transferSyntax: explicitVrLittleEndian }];

function expectation(study: string): { archive: string; study: Uid; archiveAeTitle: string } {
  return { archive: 'main', study: readUid(study) ?? ('' as Uid), archiveAeTitle: 'SCRIPTED' };
}

async function store(scene: ReceiverScene, sent = sentInstance()): Promise<unknown> {
  using scu = await connectStoreScu({ peer: scene.peer, contexts });
  return await scu.store(sent);
}

/** Ends the receiving thread without a warning, and waits until that is known. */
async function kill(scene: ReceiverScene): Promise<void> {
  await scene.thread.terminate();
  await sleep(20);
}

async function untilRestarted(scene: ReceiverScene, starts = 2): Promise<void> {
  await expect.poll(() => scene.starts, { timeout: 5_000 }).toBe(starts);
}

describe('the receiving thread', () => {
  it('stops in bounded time with associations open, idle and in the middle of an instance', async () => {
    const scene = await startReceiver({
      transferTimeoutMs: 60_000,
      idleTimeoutMs: 60_000,
      associationTimeoutMs: 60_000,
    });
    const sent = sentInstance({ bytes: 1_000_000 });
    await scene.expect(sent.study);
    const unassociated = createConnection({ host: scene.peer.host, port: scene.peer.port });
    unassociated.resume();
    const idle = await connectStoreScu({ peer: scene.peer, contexts });
    const busy = await connectStoreScu({ peer: scene.peer, contexts });
    await busy.sendStoreCommand(sent);
    await busy.sendDataSet(1, sent.dataSet.subarray(0, 600_000), { finish: false });
    const start = performance.now();
    await scene.receiver.stop();
    expect(performance.now() - start).toBeLessThan(6_000);
    expect((await idle.read()).kind).toBe('abort');
    expect((await busy.read()).kind).toBe('abort');
    expect(await scene.files()).toEqual([]);
    await scene.receiver.stop();
    await scene[Symbol.asyncDispose]();
  });

  it('lets an instance that is under way finish when it stops', async () => {
    await using scene = await startReceiver({ transferTimeoutMs: 2_000 });
    const sent = sentInstance({ bytes: 300_000 });
    await scene.expect(sent.study);
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    await scu.sendStoreCommand(sent);
    await scu.sendDataSet(1, sent.dataSet.subarray(0, 100_000), { finish: false });
    // Long enough for the thread to have read it, well below the silence that is tolerated.
    await sleep(150);
    const stopping = scene.receiver.stop();
    await sleep(100);
    await scu.sendDataSet(1, sent.dataSet.subarray(100_000));
    expect(await scu.read()).toMatchObject({ command: { Status: 0 } });
    await stopping;
    await expect.poll(() => scene.stored).toHaveLength(1);
  });

  it('says which setting it is where the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(startReceiver({ port })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(
        new RegExp(`127\\.0\\.0\\.1:${port} \\(scp\\.local_host, scp\\.local_port\\).*EADDRINUSE`),
      ) as string,
    });
    server.close();
  });

  it('keeps unsolicited instances where it is told to', async () => {
    await using scene = await startReceiver({ unsolicitedArchive: 'inbox' });
    expect(await store(scene)).toMatchObject({ command: { Status: 0 } });
    await expect.poll(() => scene.stored).toMatchObject([{ archive: 'inbox' }]);
  });

  it('files an instance under the archive that sends it, where two are asked for the same study', async () => {
    await using scene = await startReceiver();
    const sent = sentInstance();
    const of = (archive: string, archiveAeTitle: string) =>
      scene.receiver.expect({ ...expectation(sent.study), archive, archiveAeTitle });
    using _other = await of('other', 'OTHERPACS');
    using _main = await of('main', 'SCRIPTED');
    await store(scene, sent);
    await expect.poll(() => scene.stored).toMatchObject([{ archive: 'main' }]);
  });

  it('gives a sign of life while a large instance arrives', async () => {
    await using scene = await startReceiver({ transferTimeoutMs: 3_000 });
    const sent = sentInstance({ bytes: 300_000 });
    await scene.expect(sent.study);
    using scu = await connectStoreScu({ peer: scene.peer, contexts });
    await scu.sendStoreCommand(sent);
    await scu.sendDataSet(1, sent.dataSet.subarray(0, 100_000), { finish: false });
    await sleep(1_100);
    await scu.sendDataSet(1, sent.dataSet.subarray(100_000));
    await scu.read();
    await expect.poll(() => scene.receiving).toMatchObject([{ archive: 'main', study: sent.study }]);
    expect(scene.receiving[0]?.bytes).toBeGreaterThan(100_000);
  });
});

describe('a receiving thread that breaks down', () => {
  it('is started again on the same port, and still expects what it expected', async () => {
    await using scene = await startReceiver();
    const sent = sentInstance();
    using _expected = await scene.expect(sent.study);
    scene.thread.postMessage(null);
    await untilRestarted(scene);
    expect(scene.crashes).toHaveLength(1);
    expect((await echoscu(scene.peer)).exitCode).toBe(0);
    expect(await store(scene, sent)).toMatchObject({ command: { Status: 0 } });
  });

  it('has what is expected meanwhile confirmed once it is back', async () => {
    await using scene = await startReceiver();
    await kill(scene);
    const sent = sentInstance();
    using _expected = await scene.expect(sent.study);
    await untilRestarted(scene);
    expect(await store(scene, sent)).toMatchObject({ command: { Status: 0 } });
  });

  it('fails what it was asked at that moment', async () => {
    await using scene = await startReceiver();
    scene.thread.postMessage(null);
    await expect(scene.expect(sentInstance().study)).rejects.toMatchObject({
      code: 'internal',
      retryAfterInSecs: 5,
    });
    await untilRestarted(scene);
  });

  it('can be stopped before it is back; nobody waits for it any more then', async () => {
    await using scene = await startReceiver();
    await kill(scene);
    const waiting = scene.expect(sentInstance().study);
    const start = performance.now();
    await scene.receiver.stop();
    expect(performance.now() - start).toBeLessThan(200);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(scene.expect(sentInstance().study)).rejects.toMatchObject({ code: 'cancelled' });
    await sleep(1_200);
    expect(scene.starts).toBe(1);
  });

  it('is tried again until its port is free', async () => {
    await using scene = await startReceiver();
    await kill(scene);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(scene.peer.port, '127.0.0.1', resolve));
    await expect.poll(() => scene.crashes, { timeout: 5_000 }).toMatchObject([{ code: 'configuration' }]);
    await new Promise((resolve) => server.close(resolve));
    await untilRestarted(scene);
    expect((await echoscu(scene.peer)).exitCode).toBe(0);
  });
});

describe('a C-GET in the receiving thread', () => {
  function order(archive: { host: string; port: number; aeTitle: string }): GetOrder {
    const { host, port, aeTitle } = archive;
    return {
      endpoint: { host, port, calledAeTitle: aeTitle, callingAeTitle: 'BROKER' },
      limits: shortLimits,
      identifier: Buffer.from('identifier'),
      storage: contexts.map((context) => ({ ...context, transferSyntax: context.transferSyntax })),
      responseTimeoutMs: 600,
    };
  }

  const sent = sentInstance({ bytes: 50_000 });
  /** Sends the instance in ten parts, one every `partMs`, then the final response. */
  const sending =
    (partMs: number): Script =>
    async (association) => {
      const { contexts: proposed, roles } = await association.accept();
      expect(roles).toEqual([{ sopClass, scu: false, scp: true }]);
      const message = await association.readMessage();
      const contextId = proposed.find(({ abstractSyntax }) => abstractSyntax === sopClass)?.id ?? 0;
      await association.respond(message, 0xff00, { NumberOfRemainingSuboperations: 1 });
      await association.sendCommand(contextId, {
        AffectedSOPClassUID: sopClass,
        CommandField: 1,
        MessageID: 1,
        CommandDataSetType: 0,
        AffectedSOPInstanceUID: sent.instance,
      });
      const part = Math.ceil(sent.dataSet.length / 10);
      for (let at = 0; at < sent.dataSet.length; at += part) {
        await association.sendDataSet(contextId, sent.dataSet.subarray(at, at + part), {
          finish: at + part >= sent.dataSet.length,
        });
        await sleep(partMs);
      }
      expect((await association.readMessage()).command).toMatchObject({ CommandField: 0x8001, Status: 0 });
      await association.respond(message, 0, { NumberOfCompletedSuboperations: 1 });
      await association.readToEnd();
    };

  it('stores what comes, tells its progress and how it ended', async () => {
    await using scene = await startReceiver();
    await using archive = await startScriptedArchive(sending(0));
    using _expected = await scene.expect(sent.study);
    const progress: unknown[] = [];
    const end = await scene.receiver.get(order(archive), (one) => progress.push(one));
    expect(end).toMatchObject({ status: 0, completed: 1 });
    expect(progress).toMatchObject([{ remaining: 1 }]);
    await expect.poll(() => scene.stored).toMatchObject([{ instance: sent.instance, archive: 'main' }]);
    await archive.untilIdle();
  });

  it('is not given up while an instance arrives for longer than a response may take', async () => {
    await using scene = await startReceiver();
    await using archive = await startScriptedArchive(sending(120));
    using _expected = await scene.expect(sent.study);
    expect(await scene.receiver.get(order(archive), () => undefined)).toMatchObject({ status: 0 });
  });

  it('is given up where nothing comes, keeps its error across the threads, and lets go', async () => {
    await using scene = await startReceiver();
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      await association.readMessage();
      await association.closed;
    });
    const getting = scene.receiver.get(order(archive), () => undefined);
    await expect(getting).rejects.toMatchObject({ name: 'BrokerError', code: 'archive-timeout' });
    await archive.untilIdle();
  });

  it('is cancelled by the signal: C-CANCEL on the wire', async () => {
    const controller = new AbortController();
    await using scene = await startReceiver();
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      const message = await association.readMessage();
      controller.abort();
      expect((await association.readMessage()).command.CommandField).toBe(0x0fff);
      await association.respond(message, 0xfe00);
      await association.readToEnd();
    });
    const getting = scene.receiver.get(order(archive), () => undefined, controller.signal);
    await expect(getting).rejects.toMatchObject({ code: 'cancelled' });
    await archive.untilIdle();
  });

  it('fails where the thread breaks down, or is not there', async () => {
    await using scene = await startReceiver();
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      await association.readMessage();
      scene.thread.postMessage(null);
      await association.closed;
    });
    await expect(scene.receiver.get(order(archive), () => undefined)).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(scene.receiver.get(order(archive), () => undefined)).rejects.toMatchObject({
      code: 'internal',
    });
    await untilRestarted(scene);
  });
});
