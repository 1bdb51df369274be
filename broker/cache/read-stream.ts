import { BrokerError } from '../domain/errors.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { FillPlan } from './fill-plan.ts';
import { FillPlanner } from './fill-plan.ts';
import { PartFeed } from './part-feed.ts';
import type { Part } from './part.ts';
import { DamagedFileError } from './part.ts';
import type { ReaderThread } from './reader-thread.ts';
import type { SegmentFailure } from './reader-protocol.ts';

interface ReadStreamOptions {
  readonly pool: BufferPool;
  readonly thread: ReaderThread;
  /** Differs from that of every other stream of the thread. */
  readonly id: number;
  readonly parts: Iterable<Part> | AsyncIterable<Part>;
  readonly signal: AbortSignal;
  /** As FillPlanner has it. */
  readonly fillsAtOnce: boolean;
}

/** A buffer that is ready to be sent, and the error that follows its bytes. */
export interface FilledBuffer {
  readonly buffer: SharedArrayBuffer;
  readonly length: number;
  readonly error: BrokerError | undefined;
}

/** Fills one buffer after the other with the parts of one sequence. `close` has to be called. */
export class ReadStream {
  readonly #options: ReadStreamOptions;
  readonly #feed: PartFeed;
  readonly #planner: FillPlanner;
  readonly #abort = new AbortController();
  readonly #aborted: Promise<never>;
  /** Buffers that are filled, until they are given back. */
  readonly #held = new Set<SharedArrayBuffer>();
  readonly #cancel = (): void => {
    this.#abort.abort(new BrokerError('cancelled', 'The request was cancelled.'));
    this.#feed.close();
  };
  #closed = false;
  #hasEnded = false;

  constructor(options: ReadStreamOptions) {
    this.#options = options;
    this.#feed = new PartFeed(options.parts);
    this.#planner = new FillPlanner(options.fillsAtOnce);
    const { signal } = this.#abort;
    this.#aborted = new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as BrokerError);
      });
    });
    this.#aborted.catch(() => undefined);
    options.signal.addEventListener('abort', this.#cancel, { once: true });
    if (options.signal.aborted) this.#cancel();
  }

  /** Fills the next buffer; undefined after the last. Must not be called again before it has settled. */
  async fill(): Promise<FilledBuffer | undefined> {
    // Nothing is awaited where nothing is missing: the thread then reads while the caller is writing.
    const { pool } = this.#options;
    const { signal } = this.#abort;
    const hasPart =
      this.#feed.peek() !== undefined || (await Promise.race([this.#feed.ready(), this.#aborted]));
    signal.throwIfAborted();
    if (!hasPart) {
      this.#hasEnded = true;
      return undefined;
    }
    const buffer = pool.takeFree() ?? (await pool.acquire(signal));
    return await Promise.race([this.#fillBuffer(buffer), this.#aborted]);
  }

  /** The same for a caller that comes for the result later, or never. */
  fillAhead(): Promise<FilledBuffer | undefined> {
    const filled = this.fill();
    filled.catch(() => undefined);
    return filled;
  }

  /** Gives a buffer back whose bytes nobody needs any more. */
  release({ buffer }: FilledBuffer): void {
    if (this.#held.delete(buffer)) this.#options.pool.release(buffer);
  }

  /** Lets go of everything. Buffers that were not released are not used again: a socket may have them. */
  close(): void {
    this.#closed = true;
    this.#options.signal.removeEventListener('abort', this.#cancel);
    // After the end nothing waits that would have to be told why.
    if (!this.#hasEnded) this.#cancel();
    for (const buffer of this.#held) this.#options.pool.discard(buffer);
    this.#held.clear();
    if (this.#planner.isInsidePart) this.#options.thread.end(this.#options.id);
  }

  async #fillBuffer(buffer: SharedArrayBuffer): Promise<FilledBuffer> {
    const { pool } = this.#options;
    let filled: FilledBuffer;
    try {
      filled = await this.#readInto(buffer);
    } catch (thrown) {
      // Where the thread did not answer in time, it may still write into it.
      pool.discard(buffer);
      throw thrown;
    }
    if (this.#closed) pool.release(buffer);
    else this.#held.add(buffer);
    return filled;
  }

  async #readInto(buffer: SharedArrayBuffer): Promise<FilledBuffer> {
    if (this.#abort.signal.aborted) return { buffer, length: 0, error: undefined };
    const plan = this.#planner.plan(this.#feed, new Uint8Array(buffer));
    if (plan.segments.length === 0) return { buffer, length: plan.length, error: undefined };
    const { id, thread } = this.#options;
    const failure = await thread.fill({ stream: id, buffer, segments: plan.segments });
    if (failure === undefined) return { buffer, length: plan.length, error: undefined };
    // What stands before the file that failed is whole, and is given out.
    const length = plan.segments[failure.segment]?.at ?? 0;
    return { buffer, length, error: errorOf(failure, plan) };
  }
}

function errorOf({ segment, isDamage, reason }: SegmentFailure, { places }: FillPlan): BrokerError {
  const place = places[segment];
  if (isDamage && place !== undefined) return new DamagedFileError(place, reason);
  return new BrokerError('internal', `A cached file cannot be read: ${reason}.`);
}
