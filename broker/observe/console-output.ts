import { pino } from 'pino';

/** What a console that nobody reads may hold back in memory before entries are dropped. */
const maxBacklogInBytes = 4 * 1024 * 1024;
/** Attempts, 100 ms apart, to write out the rest to a pipe that is full when the gateway ends. */
const maxAttemptsAtEnd = 10;

/**
 * Standard output for log lines. Writes are asynchronous, so that a reader that has stopped reading
 * (a paused terminal, a stuck log driver) delays no request; the rest is written out when the process ends.
 */
export class ConsoleOutput {
  #attemptsLeft = Number.POSITIVE_INFINITY;
  readonly #stream = pino.destination({
    dest: 1,
    sync: false,
    maxLength: maxBacklogInBytes,
    retryEAGAIN: () => (this.#attemptsLeft -= 1) >= 0,
  });

  constructor() {
    // A console that is gone (EPIPE, EIO) must not end the gateway, and there is nowhere to report it.
    this.#stream.on('error', () => undefined);
  }

  write(line: string): void {
    this.#stream.write(line);
  }

  /** Writes out what is left, waiting at most a second for a reader. */
  close(): void {
    this.#attemptsLeft = maxAttemptsAtEnd;
    try {
      this.#stream.flushSync();
    } catch {
      // The reader is gone or does not read: what is left is lost with the process anyway.
    }
    this.#stream.destroy();
  }
}
