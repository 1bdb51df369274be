import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import type { GetOrder } from '../../../broker/receiving/protocol.ts';
import { shortLimits } from '../../support/association-request.ts';
import { echoscu } from '../../support/dcmtk-tools.ts';
import { freePort } from '../../support/free-port.ts';
import { startReceiver } from '../../support/receiver-scene.ts';
import { startScriptedArchive } from '../../support/scripted-archive.ts';
import { connectStoreScu } from '../../support/scripted-store-scu.ts';
import { sentInstance } from '../../support/sent-instance.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';

const contexts = [{ sopClass: storageSopClasses.secondaryCapture, transferSyntax: explicitVrLittleEndian }];

it('goes on at another port, and lets in there what it expected before', async () => {
  await using scene = await startReceiver();
  const sent = sentInstance();
  await scene.expect(sent.study);
  const port = await freePort();
  expect(await scene.receiver.restart({ ...scene.options, port })).toMatchObject({ port });
  expect(await echoscu(scene.peer)).not.toMatchObject({ exitCode: 0 });
  using scu = await connectStoreScu({ peer: { ...scene.peer, port }, contexts });
  await expect.poll(() => scene.receiver.openAssociations).toBe(1);
  expect(await scu.store(sent)).toMatchObject({ command: { Status: 0 } });
  await expect.poll(() => scene.stored).toHaveLength(1);
  expect(scene.crashes).toEqual([]);
});

it('goes on at the same port under another AE title', async () => {
  await using scene = await startReceiver();
  const { port } = scene.peer;
  await scene.receiver.restart({ ...scene.options, port, aeTitle: 'ANOTHER' });
  expect(await echoscu({ ...scene.peer, aeTitle: 'ANOTHER' })).toMatchObject({ exitCode: 0 });
  expect(await echoscu(scene.peer)).not.toMatchObject({ exitCode: 0 });
  expect(scene.crashes).toEqual([]);
});

it('goes on as before where it cannot listen as it is told, and says which setting it is', async () => {
  await using scene = await startReceiver();
  const sent = sentInstance();
  await scene.expect(sent.study);
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    const restarted = scene.receiver.restart({ ...scene.options, port });
    await expect(restarted).rejects.toThrow(/scp\.local_port/);
  } finally {
    server.close();
  }
  const elsewhere = { ...scene.options, host: '192.0.2.1', port: scene.peer.port };
  await expect(scene.receiver.restart(elsewhere)).rejects.toThrow(/192\.0\.2\.1/);
  using scu = await connectStoreScu({ peer: scene.peer, contexts });
  expect(await scu.store(sent)).toMatchObject({ command: { Status: 0 } });
  expect(scene.crashes).toEqual([]);
});

it('a C-GET that runs meanwhile ends in a way that is worth another try', async () => {
  await using scene = await startReceiver();
  const asked = Promise.withResolvers<undefined>();
  await using archive = await startScriptedArchive(async (association) => {
    await association.accept();
    await association.readMessage();
    asked.resolve(undefined);
    await association.closed;
  });
  const order: GetOrder = {
    endpoint: {
      host: archive.host,
      port: archive.port,
      calledAeTitle: archive.aeTitle,
      callingAeTitle: 'BROKER',
    },
    limits: shortLimits,
    identifier: Buffer.from('identifier'),
    storage: contexts,
    responseTimeoutMs: 20_000,
  };
  const getting = scene.receiver.get(order, () => undefined);
  await asked.promise;
  const [got] = await Promise.allSettled([
    getting,
    scene.receiver.restart({ ...scene.options, port: await freePort() }),
  ]);
  expect(got).toMatchObject({ status: 'rejected', reason: { code: 'association-aborted' } });
});
