import { toBrokerError } from '../domain/errors.ts';
import type { Part } from './part.ts';

/** Parts that are taken from the source ahead of their use. */
const capacity = 256;

/**
 * Small instances that arrive one by one cost more in switching threads than in reading: after the first
 * of all, a moment is waited for more to go along. What is larger goes at once.
 */
const lingerMs = 2;
const lingerBelowBytes = 128 * 1024;

/**
 * Takes parts from a source as fast as it gives them, up to a limit, so that those that are there can be
 * sent together without waiting for those that are not.
 */
export class PartFeed {
  readonly #iterator: Iterator<Part> | AsyncIterator<Part>;
  #queue: Part[] = [];
  #next = 0;
  #ended = false;
  #hasBegun = false;
  #failure: unknown;
  #wake: (() => void) | undefined;
  #makeRoom: (() => void) | undefined;

  constructor(source: Iterable<Part> | AsyncIterable<Part>) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    void this.#pump();
  }

  /** The next part, where it is there. */
  peek(): Part | undefined {
    return this.#queue[this.#next];
  }

  /** Steps over the part that `peek` showed. */
  shift(): void {
    this.#next += 1;
    if (this.#next < this.#queue.length) return;
    this.#queue = [];
    this.#next = 0;
    this.#makeRoom?.();
  }

  /**
   * Waits for a part, and then lets those come along that the source has ready too.
   * @returns false where the source has ended
   * @throws what the source threw; where the feed is closed, it ends
   */
  async ready(): Promise<boolean> {
    if (this.peek() === undefined && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    // All that the source has ready comes in microtasks, before the event loop gets here.
    if (!this.#ended) await new Promise(setImmediate);
    if (this.#hasBegun && !this.#ended && this.#isLittle) await new Promise((go) => setTimeout(go, lingerMs));
    this.#hasBegun = true;
    if (this.peek() !== undefined) return true;
    if (this.#failure !== undefined) throw toBrokerError(this.#failure);
    return false;
  }

  get #isLittle(): boolean {
    let bytes = 0;
    for (let index = this.#next; index < this.#queue.length; index++) {
      const part = this.#queue[index];
      if (part !== undefined) bytes += 'bytes' in part ? part.bytes.length : part.length;
      if (bytes >= lingerBelowBytes) return false;
    }
    return true;
  }

  /** Takes no more parts, and lets the source know. */
  close(): void {
    const wasEnded = this.#ended;
    this.#ended = true;
    this.#queue = [];
    this.#next = 0;
    this.#makeRoom?.();
    this.#wake?.();
    if (!wasEnded) void this.#closeSource();
  }

  /** Never rejects: a failure is kept for `ready`. */
  async #pump(): Promise<void> {
    try {
      for (;;) {
        const step = this.#iterator.next();
        // What gives its parts at once is not made to wait for a turn of the event loop.
        const next = 'then' in step ? await step : step;
        if (next.done === true || this.#ended) break;
        this.#put(next.value);
        if (this.#queue.length >= capacity) await this.#room();
      }
    } catch (thrown) {
      this.#failure = thrown ?? new Error('The source of the parts failed.');
    }
    this.#ended = true;
    this.#wake?.();
  }

  #put(part: Part): void {
    this.#queue.push(part);
    this.#wake?.();
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#makeRoom = resolve;
    });
  }

  /** A source that cannot be closed properly has nobody any more who would want to know. */
  async #closeSource(): Promise<void> {
    try {
      await this.#iterator.return?.();
    } catch {
      this.#queue = [];
    }
  }
}
