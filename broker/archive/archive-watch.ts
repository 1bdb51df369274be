import { setTimeout as sleep } from 'node:timers/promises';
import { formatStatus } from '../domain/dimse-status.ts';
import type { HealthBoard } from '../observe/health.ts';
import type { Logger } from '../observe/logger.ts';
import type { Archive, Echo } from './archive.ts';

export interface ArchiveWatchOptions {
  readonly archives: readonly Pick<Archive, 'name' | 'echo' | 'onEcho'>[];
  readonly health: HealthBoard;
  readonly logger: Logger;
  readonly intervalMs: number;
}

/**
 * Asks each archive now and then whether it answers (C-ECHO), for the health report. What somebody else finds
 * out who asks in between counts too.
 */
export class ArchiveWatch {
  readonly #options: ArchiveWatchOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ArchiveWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { archives, intervalMs } = this.#options;
    const { signal } = this.#stop;
    using stack = new DisposableStack();
    for (const archive of archives) {
      const off = archive.onEcho((echo) => {
        this.#report(archive.name, echo);
      });
      stack.defer(off);
    }
    while (!signal.aborted) {
      // How it answers is reported on, whoever asks.
      await Promise.all(archives.map((archive) => archive.echo(signal).catch(() => undefined)));
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #report(archive: string, { roundTripInMs, error }: Echo): void {
    const { health, logger } = this.#options;
    const component = `archive ${archive}`;
    if (error === undefined) {
      logger.debug({ archive, ms: Math.round(roundTripInMs ?? 0) }, 'The archive answers.');
      health.report(component, { state: 'working' });
      return;
    }
    const { code, message, remedy, dimseStatus } = error;
    // No Verification service says nothing against the archive.
    if (code === 'context-not-accepted') return;
    health.report(component, {
      state: 'not-working',
      reason: message,
      remedy,
      code,
      ...(dimseStatus === undefined ? {} : { dimseStatus: formatStatus(dimseStatus) }),
    });
    logger.warn({ archive, code, remedy }, message);
  }
}
