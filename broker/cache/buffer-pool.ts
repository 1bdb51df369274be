import { BrokerError } from '../domain/errors.ts';

export interface BufferPoolLimits {
  /** Bytes of each buffer. */
  readonly bufferLength: number;
  /** Buffers that are in use at once; whoever wants one more waits in turn. */
  readonly maxBuffers: number;
  readonly waitTimeoutMs: number;
  /** Buffers that nobody has used for this long are freed. */
  readonly idleMs: number;
}

/** Buffers of one size, used over and over: making one of some MiB costs as much as filling it. */
export class BufferPool {
  readonly #limits: BufferPoolLimits;
  readonly #onFreed: (buffer: SharedArrayBuffer) => void;
  readonly #waiting = new Set<() => void>();
  #free: SharedArrayBuffer[] = [];
  #taken = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  /** @param onFreed told of each buffer that is not used again */
  constructor(limits: BufferPoolLimits, onFreed: (buffer: SharedArrayBuffer) => void = () => undefined) {
    this.#limits = limits;
    this.#onFreed = onFreed;
  }

  /** Buffers that are in use. */
  get taken(): number {
    return this.#taken;
  }

  /** Buffers that are kept for the next use. */
  get free(): number {
    return this.#free.length;
  }

  /**
   * A buffer with whatever it held before; to be given back with `release` or `discard`.
   * @throws BrokerError `busy` where none becomes free in time, `cancelled` on the signal
   */
  async acquire(signal: AbortSignal): Promise<SharedArrayBuffer> {
    if (signal.aborted) throw cancelled();
    const buffer = this.takeFree();
    if (buffer !== undefined) return buffer;
    await this.#turn(signal);
    return this.#bufferOfPlace();
  }

  /** The same where one can be had at once, else undefined. */
  takeFree(): SharedArrayBuffer | undefined {
    if (this.#taken >= this.#limits.maxBuffers) return undefined;
    this.#taken += 1;
    return this.#bufferOfPlace();
  }

  /** Gives a buffer back that nobody reads or writes any more. */
  release(buffer: SharedArrayBuffer): void {
    this.#free.push(buffer);
    this.#giveBack();
    this.#freeWhenIdle();
  }

  /** Gives the place of a buffer back that somebody may still read: the buffer is not used again. */
  discard(buffer: SharedArrayBuffer): void {
    this.#onFreed(buffer);
    this.#giveBack();
  }

  /** Frees what is not in use. */
  clear(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    const freed = this.#free;
    this.#free = [];
    for (const buffer of freed) this.#onFreed(buffer);
  }

  #bufferOfPlace(): SharedArrayBuffer {
    return this.#free.pop() ?? new SharedArrayBuffer(this.#limits.bufferLength);
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const { waitTimeoutMs, maxBuffers } = this.#limits;
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
        this.#waiting.delete(grant);
      };
      const grant = (): void => {
        leave();
        resolve();
      };
      const cancel = (): void => {
        leave();
        reject(cancelled());
      };
      const timer = setTimeout(() => {
        leave();
        const message = `All ${maxBuffers} buffers for sending are in use, and none became free within ${waitTimeoutMs / 1000} s.`;
        reject(new BrokerError('busy', message, { retryAfterInSecs: 30 }));
      }, waitTimeoutMs);
      signal.addEventListener('abort', cancel, { once: true });
      this.#waiting.add(grant);
    });
  }

  /** A place goes straight to the next in turn, so that nobody overtakes. */
  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken -= 1;
    else next();
  }

  #freeWhenIdle(): void {
    if (this.#idleTimer !== undefined) this.#idleTimer.refresh();
    else
      this.#idleTimer = setTimeout(() => {
        this.clear();
      }, this.#limits.idleMs).unref();
  }
}

function cancelled(): BrokerError {
  return new BrokerError('cancelled', 'The request was cancelled.');
}
