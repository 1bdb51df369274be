import { describe, expect, it } from 'vitest';
import type { CommandSet } from '../../../broker/dimse/command-set.ts';
import { ResponseQueue } from '../../../broker/dimse/response-queue.ts';
import type { UpperLayer } from '../../../broker/dimse/upper-layer.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { settledMemory } from '../../support/settled-memory.ts';

const pending = 0xff00;

function response(status: number, to = 7): CommandSet {
  return { commandField: 0x8020, hasDataSet: status === pending, messageIdBeingRespondedTo: to, status };
}

/** A queue for message 7 in context 1; `isPaused` tells whether it has stopped the socket. */
function queueOf(): { queue: ResponseQueue; layer: { isPaused: boolean } } {
  const layer = {
    isPaused: false,
    pause: () => (layer.isPaused = true),
    resume: () => (layer.isPaused = false),
  };
  return { queue: new ResponseQueue(layer as unknown as UpperLayer, { contextId: 1, messageId: 7 }), layer };
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('a response queue', () => {
  it('gives the responses in their order, the final one marked', async () => {
    const { queue } = queueOf();
    queue.push(1, response(pending), Buffer.from('a'));
    queue.push(1, response(pending), Buffer.from('b'));
    queue.push(1, response(0), undefined);
    const read = [await queue.next(100), await queue.next(100), await queue.next(100)];
    expect(read.map((one) => [one?.identifier?.toString(), one?.isFinal])).toEqual([
      ['a', false],
      ['b', false],
      [undefined, true],
    ]);
  });

  it('waits for a response that comes later, and leaves no timer', async () => {
    const before = activeTimers();
    const { queue } = queueOf();
    const next = queue.next(5_000);
    queue.push(1, response(0), undefined);
    expect((await next)?.status).toBe(0);
    expect(activeTimers()).toBe(before);
  });

  it('gives undefined where none comes in time', async () => {
    const { queue } = queueOf();
    const start = performance.now();
    expect(await queue.next(30)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('waits longer where the peer shows that it is at work', async () => {
    const { queue } = queueOf();
    const next = queue.next(120);
    const signs = setInterval(() => {
      queue.touch();
    }, 20);
    setTimeout(() => {
      clearInterval(signs);
      queue.push(1, response(0), undefined);
    }, 300);
    expect((await next)?.isFinal).toBe(true);
  });

  it('ignores responses to another message', async () => {
    const { queue } = queueOf();
    queue.push(1, response(0, 8), undefined);
    queue.push(1, response(0xa700, 7), undefined);
    expect((await queue.next(100))?.status).toBe(0xa700);
  });

  it('refuses a response without a status, and one in another context', () => {
    const { queue } = queueOf();
    const { status: _status, ...without } = response(0);
    expect(() => {
      queue.push(1, without, undefined);
    }).toThrow(/without a status/);
    expect(() => {
      queue.push(3, response(0), undefined);
    }).toThrow(/context 3 what it was asked in 1/);
  });

  it('gives what has come before it throws why the association broke', async () => {
    const { queue } = queueOf();
    queue.push(1, response(pending), Buffer.from('a'));
    queue.fail(new BrokerError('association-aborted', 'gone'));
    queue.fail(new BrokerError('cancelled', 'later'));
    expect((await queue.next(100))?.identifier?.toString()).toBe('a');
    await expect(queue.next(100)).rejects.toThrow('gone');
  });

  it('throws `cancelled` on the signal, before, during and after a wait, and leaves no listener', async () => {
    const { queue } = queueOf();
    const before = activeTimers();
    const controller = new AbortController();
    const waiting = queue.next(5_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    queue.push(1, response(0), undefined);
    await expect(queue.next(5_000, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(activeTimers()).toBe(before);
  });

  it('stops the socket at 256 unread responses and starts it again once half are read', async () => {
    const { queue, layer } = queueOf();
    for (let count = 0; count < 255; count += 1) queue.push(1, response(pending), undefined);
    expect(layer.isPaused).toBe(false);
    queue.push(1, response(pending), undefined);
    expect(layer.isPaused).toBe(true);
    for (let count = 0; count < 128; count += 1) await queue.next(100);
    expect(layer.isPaused).toBe(true);
    await queue.next(100);
    expect(layer.isPaused).toBe(false);
  });

  it('stops the socket at 4 MiB of unread identifiers, however few they are', async () => {
    const { queue, layer } = queueOf();
    const megabytes = Buffer.alloc(1 << 20);
    for (let count = 0; count < 4; count += 1) queue.push(1, response(pending), megabytes);
    expect(layer.isPaused).toBe(true);
    for (let count = 0; count < 3; count += 1) await queue.next(100);
    expect(layer.isPaused).toBe(false);
  });

  it('lets go of what was read, also where the reader is always a little behind', async () => {
    const { queue } = queueOf();
    queue.push(1, response(pending), undefined);
    const pass = async (responses: number): Promise<void> => {
      for (let count = 0; count < responses; count += 1) {
        queue.push(1, response(pending), Buffer.alloc(1000));
        await queue.next(100);
      }
    };
    // What the compiler and the timers keep for themselves is there before it is measured.
    await pass(5_000);
    const before = settledMemory();
    await pass(20_000);
    expect(settledMemory() - before).toBeLessThan(4 * 1024 * 1024);
  });

  it('drops what waits until the final response, and starts a stopped socket for it', async () => {
    const { queue, layer } = queueOf();
    for (let count = 0; count < 300; count += 1) queue.push(1, response(pending), undefined);
    const drained = queue.drainToFinal(2_000);
    expect(layer.isPaused).toBe(false);
    for (let count = 0; count < 300; count += 1) queue.push(1, response(pending), undefined);
    expect(layer.isPaused).toBe(false);
    queue.push(1, response(0xfe00), undefined);
    expect(await drained).toBe(true);
  });

  it('says where the final response does not come: in time, or because the association broke', async () => {
    const late = queueOf().queue;
    const more = setInterval(() => {
      late.push(1, response(pending), undefined);
    }, 5);
    expect(await late.drainToFinal(60)).toBe(false);
    clearInterval(more);
    const broken = queueOf().queue;
    broken.fail(new BrokerError('association-aborted', 'gone'));
    expect(await broken.drainToFinal(2_000)).toBe(false);
  });
});
