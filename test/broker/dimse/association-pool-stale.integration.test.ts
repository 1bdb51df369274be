import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { echoScu } from '../../../broker/dimse/echo-scu.ts';
import type { AssociationPool } from '../../../broker/dimse/association-pool.ts';
import { findScu } from '../../../broker/dimse/find-scu.ts';
import { echo, echoing, startScene } from '../../support/pool-scene.ts';
import type { Script } from '../../support/scripted-archive.ts';

describe('an association that the archive closed while it was idle', () => {
  /** Answers one C-ECHO, then closes when the next request comes: the request crosses the end. */
  const forgetful: Script = async (association) => {
    await association.accept();
    await association.respond(await association.readMessage(), 0);
    if ((await association.read()).kind === 'message') association.reset();
  };

  it('is replaced by a new one, once', async () => {
    await using scene = await startScene(forgetful);
    await echo(scene.pool);
    await echo(scene.pool);
    expect(scene.archive.connectionsSeen).toBe(2);
    const seen: number[] = [];
    await scene.pool.use(async (association) => {
      seen.push(1);
      await echoScu(association, 500);
    });
    expect(seen).toHaveLength(2);
    expect(scene.archive.connectionsSeen).toBe(3);
  });

  it('is noticed while it is idle', async () => {
    await using scene = await startScene(async (association, index) => {
      await association.accept();
      await association.respond(await association.readMessage(), 0);
      if (index > 0) await association.readToEnd();
    });
    await echo(scene.pool);
    await scene.archive.untilIdle();
    await sleep(20);
    expect(scene.permits.taken).toBe(0);
    await echo(scene.pool);
    expect(scene.archive.connectionsSeen).toBe(2);
  });

  it('does not have work repeated that had begun', async () => {
    let works = 0;
    await using scene = await startScene(async (association, index) => {
      await association.accept();
      await association.respond(await association.readMessage(), 0);
      await association.respond(await association.readMessage(), 0);
      if (index === 0) await association.readMessage();
      association.reset();
    });
    await echo(scene.pool);
    const twice = scene.pool.use(async (association) => {
      works += 1;
      await echoScu(association, 500);
      await echoScu(association, 500);
    });
    await expect(twice).rejects.toMatchObject({ code: 'association-aborted' });
    expect(works).toBe(1);
  });

  it('is replaced for a stream that had yielded nothing, and not for one that had', async () => {
    const identifier = Buffer.from('query ');
    const find = (pool: AssociationPool) =>
      pool.stream((association) => findScu(association, { identifier, timeoutMs: 500, signal: undefined }));
    await using scene = await startScene(async (association, index) => {
      await association.accept();
      const first = await association.readMessage();
      if (first.dataSet === undefined) await association.respond(first, 0);
      const message = first.dataSet === undefined ? await association.readMessage() : first;
      if (index > 0) await association.respond(message, 0xff00, {}, Buffer.from('answer'));
      if (index === 1) {
        await association.respond(message, 0);
        await association.respond(await association.readMessage(), 0xff00, {}, Buffer.from('answer'));
      }
      association.reset();
    });
    await echo(scene.pool);
    expect(await Array.fromAsync(find(scene.pool))).toHaveLength(1);
    expect(scene.archive.connectionsSeen).toBe(2);
    await expect(Array.fromAsync(find(scene.pool))).rejects.toMatchObject({ code: 'association-aborted' });
    expect(scene.archive.connectionsSeen).toBe(2);
  });
});

describe('stopping a pool', () => {
  it('releases what is idle, aborts what is in use, and lets nobody wait or open any more', async () => {
    await using scene = await startScene(echoing(300), 2);
    const using1 = echo(scene.pool);
    const using2 = echo(scene.pool);
    await sleep(50);
    const waiting = echo(scene.pool);
    const outcomes = Promise.allSettled([using1, using2, waiting]);
    await scene.pool.stop();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'cancelled' } });
    await expect(echo(scene.pool)).rejects.toThrow(/shutting down/);
    await scene.archive.untilIdle();
  });

  it('ends an association that is just being opened', async () => {
    await using scene = await startScene(async (association) => {
      await association.readAssociateRequest();
      await association.closed;
    });
    const opening = echo(scene.pool);
    await sleep(30);
    await scene.pool.stop();
    await expect(opening).rejects.toThrow(/shutting down/);
    await scene.archive.untilIdle();
  });
});
