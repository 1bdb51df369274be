import { setTimeout as sleep } from 'node:timers/promises';
import { formatStatus } from '../domain/dimse-status.ts';
import { toBrokerError } from '../domain/errors.ts';
import type { HealthBoard } from '../observe/health.ts';
import type { Logger } from '../observe/logger.ts';
import type { Archive } from './archive.ts';

export interface ArchiveWatchOptions {
  readonly archives: readonly Archive[];
  readonly health: HealthBoard;
  readonly logger: Logger;
  readonly intervalMs: number;
}

/** Asks each archive now and then whether it answers (C-ECHO), for the health report. */
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
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await Promise.all(this.#options.archives.map((archive) => this.#ask(archive)));
      await sleep(this.#options.intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #ask(archive: Archive): Promise<void> {
    const { health, logger } = this.#options;
    const component = `archive ${archive.name}`;
    try {
      const ms = await archive.echo(this.#stop.signal);
      logger.debug({ archive: archive.name, ms: Math.round(ms) }, 'The archive answers.');
      health.report(component, { state: 'working' });
    } catch (thrown) {
      const { code, message, remedy, dimseStatus } = toBrokerError(thrown);
      if (code === 'cancelled') return;
      // All associations in use, or no Verification service, says nothing against the archive.
      if (code === 'busy' || code === 'context-not-accepted') return;
      health.report(component, {
        state: 'not-working',
        reason: message,
        remedy,
        code,
        ...(dimseStatus === undefined ? {} : { dimseStatus: formatStatus(dimseStatus) }),
      });
      logger.warn({ archive: archive.name, code, remedy }, message);
    }
  }
}
