import { InstanceWriter } from '../cache/instance-writer.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import type { InstanceSink, StoreHandler, StoreRequest } from '../dimse/store-service.ts';
import type { Uid } from '../domain/uid.ts';
import type { Expectation, ReceivingInstance, RefusedInstance } from './protocol.ts';

export interface KeeperOptions {
  readonly cacheDirectory: string;
  readonly unsolicitedArchive: string | undefined;
  stored(instance: StoredInstance): void;
  receiving(receiving: ReceivingInstance): void;
  refused(refused: RefusedInstance): void;
}

const signEveryMs = 1_000;

/** Keeps the instances that a retrieval waits for and refuses the others. */
export class InstanceKeeper implements StoreHandler {
  readonly #options: KeeperOptions;
  readonly #expectations = new Map<number, Expectation>();
  #received = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  expect(id: number, expectation: Expectation): void {
    this.#expectations.set(id, expectation);
  }

  unexpect(id: number): void {
    this.#expectations.delete(id);
  }

  /** Bytes that have come since this was last asked. */
  takeReceived(): number {
    const received = this.#received;
    this.#received = 0;
    return received;
  }

  open(request: StoreRequest): InstanceSink {
    const writer = new InstanceWriter(
      { ...request, sourceAeTitle: request.callingAeTitle },
      {
        directory: this.#options.cacheDirectory,
        archiveOf: (study) => this.#archiveOf(study, request.callingAeTitle),
        stored: (instance) => {
          this.#options.stored(instance);
        },
      },
    );
    let signedAt = performance.now();
    let bytesSinceSign = 0;
    return {
      write: (bytes) => {
        writer.write(bytes);
        this.#received += bytes.length;
        bytesSinceSign += bytes.length;
        const now = performance.now();
        if (now - signedAt < signEveryMs) return;
        signedAt = now;
        const place = writer.place;
        if (place !== undefined) this.#options.receiving({ ...place, bytes: bytesSinceSign });
        bytesSinceSign = 0;
      },
      end: () => {
        const outcome = writer.end();
        if (outcome.status !== 0) {
          const { sopInstanceUid, callingAeTitle, peer, association } = request;
          this.#options.refused({
            sopInstanceUid,
            callingAeTitle,
            peer,
            association,
            status: outcome.status,
            comment: outcome.comment,
          });
        }
        return outcome;
      },
      abort: () => {
        writer.abort();
      },
    };
  }

  /**
   * Whose instance it is. Where two archives are asked for the same study the sender's AE title tells; an
   * archive that sends under another title than it answers to still gets the study that it alone was asked for.
   */
  #archiveOf(study: Uid, callingAeTitle: string): string | undefined {
    const archives = new Set<string>();
    for (const expectation of this.#expectations.values()) {
      if (expectation.study !== study) continue;
      if (expectation.archiveAeTitle === callingAeTitle) return expectation.archive;
      archives.add(expectation.archive);
    }
    // It must not be filed under the wrong archive: better that it is missing.
    if (archives.size > 1) return undefined;
    const [only] = archives;
    return only ?? this.#options.unsolicitedArchive;
  }
}
