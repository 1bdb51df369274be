import type { SpooledPart } from '../../cache/spooled-part.ts';

/** One part of bulk data that a request brought. */
export interface BulkPart {
  readonly contentType: string | undefined;
  readonly part: SpooledPart;
}

interface Entry {
  readonly parts: BulkPart[];
  users: number;
}

/**
 * The bulk data of a request by its Content-Location. What several instances refer to is kept until the last
 * of them has been sent.
 */
export class BulkParts implements AsyncDisposable {
  readonly #entries = new Map<string, Entry>();

  /** Parts of the same location are the frames of one value, in their order. */
  add(location: string, part: BulkPart): void {
    const entry = this.#entries.get(location);
    if (entry === undefined) this.#entries.set(location, { parts: [part], users: 0 });
    else entry.parts.push(part);
  }

  /** The parts that a BulkDataURI names; empty where there are none. */
  find(uri: string): readonly BulkPart[] {
    return this.#entries.get(uri)?.parts ?? [];
  }

  /** Notes that somebody will need what is at those locations. */
  retain(uris: Iterable<string>): void {
    for (const uri of uris) {
      const entry = this.#entries.get(uri);
      if (entry !== undefined) entry.users += 1;
    }
  }

  /** Notes that they are needed no more; lets go of what nobody else needs. */
  async release(uris: Iterable<string>): Promise<void> {
    for (const uri of uris) {
      const entry = this.#entries.get(uri);
      if (entry === undefined) continue;
      entry.users -= 1;
      if (entry.users <= 0) await this.#drop(uri, entry);
    }
  }

  /** Lets go of all that nobody needs. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const [uri, entry] of this.#entries) if (entry.users <= 0) await this.#drop(uri, entry);
  }

  async #drop(uri: string, { parts }: Entry): Promise<void> {
    this.#entries.delete(uri);
    for (const { part } of parts) await part[Symbol.asyncDispose]();
  }
}
