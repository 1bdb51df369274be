import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { echo, echoing, startScene } from '../../support/pool-scene.ts';
import type { Script } from '../../support/scripted-archive.ts';

describe('an association pool', () => {
  it('uses an association again, and releases it once it was idle for its time', async () => {
    await using scene = await startScene(echoing(), 1, { idleTimeoutMs: 80 });
    for (let count = 0; count < 5; count += 1) await echo(scene.pool);
    expect(scene.archive.connectionsSeen).toBe(1);
    expect(scene.pool.size).toBe(1);
    await scene.archive.untilIdle(1_000);
    await sleep(10);
    expect(scene.permits.taken).toBe(0);
    await echo(scene.pool);
    expect(scene.archive.connectionsSeen).toBe(2);
  });

  it('keeps none where the idle time is 0', async () => {
    await using scene = await startScene(echoing(), 1, { idleTimeoutMs: 0 });
    await echo(scene.pool);
    await scene.archive.untilIdle(1_000);
  });

  it('opens no more than the limit, and passes a used one on to who waits for the same', async () => {
    await using scene = await startScene(echoing(5), 2);
    await Promise.all(Array.from({ length: 30 }, () => echo(scene.pool)));
    expect(scene.archive.connectionsSeen).toBe(2);
  });

  it('serves who waits in turn', async () => {
    await using scene = await startScene(echoing(5));
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2, 3, 4].map(async (number) => {
        await echo(scene.pool);
        order.push(number);
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives an idle association up for another pool of the same archive', async () => {
    await using scene = await startScene(echoing());
    const other = scene.another();
    await echo(scene.pool);
    await echo(other);
    expect([scene.pool.size, other.size]).toEqual([0, 1]);
    await Promise.all([echo(scene.pool), echo(other), echo(scene.pool), echo(other)]);
    expect(scene.permits.taken).toBe(1);
  });

  it('says that it is busy where none becomes free in time', async () => {
    await using scene = await startScene(echoing(200), 1, { queueTimeoutMs: 50 });
    const first = echo(scene.pool);
    await expect(echo(scene.pool)).rejects.toMatchObject({ code: 'busy' });
    await first;
  });

  it('lets who waits leave on the signal', async () => {
    await using scene = await startScene(echoing(100));
    const first = echo(scene.pool);
    await expect(echo(scene.pool, AbortSignal.timeout(20))).rejects.toMatchObject({ code: 'cancelled' });
    await first;
    expect(scene.permits.queued).toBe(0);
  });

  it.each<{ how: string; script: Script; code: string }>([
    {
      how: 'rejects',
      script: async (one) => {
        await one.reject(1, 1, 3);
      },
      code: 'association-rejected',
    },
    {
      how: 'aborts',
      script: async (one) => {
        await one.readAssociateRequest();
        await one.abort();
      },
      code: 'association-aborted',
    },
    {
      how: 'is silent',
      script: async (one) => {
        await one.readAssociateRequest();
        await one.closed;
      },
      code: 'archive-timeout',
    },
    {
      how: 'does not answer',
      script: async (one) => {
        await one.accept();
        await one.readToEnd();
      },
      code: 'archive-timeout',
    },
    {
      how: 'closes instead of an answer',
      script: async (one) => {
        await one.accept();
        await one.readMessage();
        one.end();
      },
      code: 'association-aborted',
    },
  ])('leaks no permit where the archive $how', async ({ script, code }) => {
    await using scene = await startScene(script, 2);
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => echo(scene.pool)));
    expect(outcomes.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual(
      Array.from({ length: 6 }, () => code),
    );
    await scene.archive.untilIdle();
    await sleep(10);
    expect(scene.permits).toMatchObject({ taken: 0, queued: 0 });
  });

  it('keeps the association of work that failed, for its idle time', async () => {
    const script: Script = async (association) => {
      await association.accept({ choose: () => 3 });
      await association.readToEnd();
    };
    await using scene = await startScene(script, 2, { idleTimeoutMs: 50 });
    await expect(echo(scene.pool)).rejects.toMatchObject({ code: 'context-not-accepted' });
    expect(scene.permits.taken).toBe(1);
    await scene.archive.untilIdle(1_000);
  });

  it('leaks no permit where the work fails, nor keeps the association of an operation that goes on', async () => {
    await using scene = await startScene(echoing());
    await expect(scene.pool.use(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(scene.pool.size).toBe(1);
    await scene.pool.use(async (association) => {
      const request = { commandField: 0x30, hasDataSet: false, messageId: association.nextMessageId() };
      await association.request({ contextId: 1, command: request, timeoutMs: 500 }).next();
    });
    await scene.archive.untilIdle();
  });
});
