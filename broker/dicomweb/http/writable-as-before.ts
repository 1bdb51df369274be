import { EventEmitter } from 'node:events';
import type { Response } from 'express';

type Written = (error?: Error | null) => void;
type Write = (chunk: unknown, encoding?: unknown) => boolean;
type Listen = (type: string, listener: (...args: unknown[]) => void) => Response;

/**
 * Gives a response that `compression` has taken over what it takes away from a Writable: the callback of a
 * write, listeners for `drain` that can be removed, `writableNeedDrain`; and has whatever was written leave
 * by the end of the turn, so that nothing is held back while its source is waited for.
 */
export function writableAsBefore(response: Response): void {
  const drains = new EventEmitter();
  drains.setMaxListeners(0);
  const write = response.write.bind(response) as Write;
  let isFull = false;
  let flushing: NodeJS.Immediate | undefined;

  (response.on.bind(response) as Listen)('drain', () => {
    isFull = false;
    drains.emit('drain');
  });
  response.once('close', () => {
    clearImmediate(flushing);
    drains.emit('gone', new Error('closed'));
  });
  listenElsewhere(response, drains);
  Object.defineProperty(response, 'writableNeedDrain', { get: () => isFull });

  response.write = ((chunk: unknown, encoding?: unknown, callback?: Written) => {
    const written = (typeof encoding === 'function' ? encoding : callback) as Written | undefined;
    // Its memory may be used again after the callback, which the compressor would read later.
    const kept = written !== undefined && chunk instanceof Uint8Array ? Buffer.from(chunk) : chunk;
    isFull = !write(kept, typeof encoding === 'function' ? undefined : encoding);
    if (!response.destroyed) {
      flushing ??= setImmediate(() => {
        flushing = undefined;
        if (!response.destroyed) response.flush();
      });
    }
    if (written !== undefined) whenTaken(drains, isFull, written);
    return !isFull;
  }) as typeof response.write;
}

function whenTaken(drains: EventEmitter, isFull: boolean, written: Written): void {
  if (!isFull) {
    process.nextTick(written);
    return;
  }
  const settle = (error?: Error): void => {
    drains.off('drain', settle);
    drains.off('gone', settle);
    written(error);
  };
  drains.on('drain', settle);
  drains.on('gone', settle);
}

/** Listeners for `drain` are kept here: `compression` hands them on and cannot take them back. */
function listenElsewhere(response: Response, drains: EventEmitter): void {
  const names = ['on', 'addListener', 'off', 'removeListener'] as const;
  for (const name of names) {
    const original = response[name].bind(response) as Listen;
    response[name] = ((type: string, listener: (...args: unknown[]) => void) => {
      if (type !== 'drain') return original(type, listener);
      drains[name](type, listener);
      return response;
    }) as Response[typeof name];
  }
}
