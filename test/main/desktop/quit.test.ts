import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quitInGoodOrder } from '../../../main/desktop/quit.ts';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function app() {
  const emitter = new EventEmitter();
  const quit = vi.fn(() => {
    const preventDefault = vi.fn();
    emitter.emit('before-quit', { preventDefault });
    return preventDefault.mock.calls.length > 0;
  });
  return Object.assign(emitter, { quit, exit: vi.fn() });
}

function arrange(stop: () => Promise<void>) {
  const quitting = app();
  quitInGoodOrder(quitting as unknown as Electron.App, stop);
  return quitting;
}

describe('quitInGoodOrder', () => {
  let before: Map<string, unknown[]>;
  beforeEach(() => {
    before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
  });
  afterEach(() => {
    for (const signal of signals) {
      for (const listener of process.listeners(signal)) {
        if (before.get(signal)?.includes(listener) !== true) process.off(signal, listener);
      }
    }
  });

  it('ends only when the gateway has', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const quitting = arrange(() => promise);
    expect(quitting.quit()).toBe(true);
    expect(quitting.exit).not.toHaveBeenCalled();
    resolve(undefined);
    await vi.waitFor(() => {
      expect(quitting.exit).toHaveBeenCalledWith(0);
    });
  });

  it('stops the gateway once, however often it is asked to quit', () => {
    const stop = vi.fn(() => new Promise<void>(() => undefined));
    const quitting = arrange(stop);
    quitting.quit();
    expect(quitting.quit()).toBe(true);
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it('quits on a signal', () => {
    const quitting = arrange(() => Promise.resolve());
    process.emit('SIGTERM');
    expect(quitting.quit).toHaveBeenCalled();
  });
});
