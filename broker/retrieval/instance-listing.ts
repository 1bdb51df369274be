import { toBrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';
import type { Logger } from '../observe/logger.ts';
import { ExpectedInstances } from './expected-instances.ts';
import type { InstanceSource } from './instance-source.ts';

export interface ListingOptions {
  readonly source: InstanceSource;
  readonly resource: Resource;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onKnown: () => void;
}

/** What an archive says that it has of a resource, asked for once. */
export class InstanceListing {
  readonly expected = new ExpectedInstances();
  readonly #options: ListingOptions;
  #reading: Promise<void> | undefined;
  #isKnown = false;

  constructor(options: ListingOptions) {
    this.#options = options;
  }

  /** Whether the archive has said what there is, be it nothing. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether the archive has said that it has nothing of it. */
  get isEmpty(): boolean {
    return this.#isKnown && this.expected.count === 0;
  }

  /** Whether the archive has named instances, so that it can be told what is missing. */
  get names(): boolean {
    return this.#isKnown && this.expected.count > 0;
  }

  /** Asks, where that has not been done. Never rejects; `isKnown` tells whether it was answered. */
  read(): Promise<void> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** An archive that failed to say may be asked again. */
  renew(): void {
    if (!this.#isKnown) this.#reading = undefined;
  }

  async #read(): Promise<void> {
    const { source, resource, logger, signal, onKnown } = this.#options;
    try {
      for await (const listed of source.list(resource, signal)) this.expected.add(listed);
      this.#isKnown = true;
      onKnown();
    } catch (thrown) {
      if (signal.aborted) return;
      const { code, message } = toBrokerError(thrown);
      logger.warn({ code }, `The archive does not say which instances there are: ${message}`);
    }
  }
}
