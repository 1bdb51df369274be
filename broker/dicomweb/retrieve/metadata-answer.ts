import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { type Metadata, type TextBatch, UnreadableInstanceError } from '../../cache/metadata.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { BrokerError } from '../../domain/errors.ts';
import type { Opened } from '../../retrieval/retrieval.ts';
import { arrivedBatches } from './arrived-batches.ts';
import type { TransferTally } from './audited-transfer.ts';
import { drained } from '../http/drained.ts';
import { partialWarning } from './partial-warning.ts';
import type { ResultFormat } from '../http/result-format.ts';

export interface MetadataAnswerOptions {
  readonly metadata: Metadata;
  readonly response: Response;
  readonly format: ResultFormat;
  /** URL of the service for the client that asks. */
  readonly service: string;
  readonly signal: AbortSignal;
  /** Drops a damaged file from the cache and fetches the instance again. */
  readonly refetch: (instance: StoredInstance, error: BrokerError) => Promise<StoredInstance>;
}

/** Instances that arrive together are asked for together. */
const mostAtOnce = 64;
/** Raised where the same instances come to have other metadata. */
const version = 1;

/** One answer of metadata, of what is in the cache or as it arrives. */
export class MetadataAnswer {
  readonly #options: MetadataAnswerOptions;
  /** UIDs of instances that were fetched again: once each. */
  readonly #refetched = new Set<string>();
  #instances = 0;
  #bytes = 0;

  constructor(options: MetadataAnswerOptions) {
    this.#options = options;
  }

  get tally(): TransferTally {
    return { instances: this.#instances, bytes: this.#bytes };
  }

  /** Differs wherever the metadata of these instances, or its form, does. */
  tagOf(instances: readonly StoredInstance[]): string {
    const { format, service } = this.#options;
    const [mediaType = ''] = format.contentType.split(';', 1);
    const hash = createHash('sha256').update(JSON.stringify([version, mediaType, service]));
    hash.update(instances.map(({ instance, size, crc32 }) => `${instance}/${size}/${crc32}`).join());
    return hash.digest('base64url').slice(0, 27);
  }

  /**
   * Sends all of it; headers leave with the first instance.
   * @throws BrokerError where something is missing: before the first byte left it can still be answered
   *   with a status, afterwards only by breaking the connection
   */
  async send(opened: Opened): Promise<void> {
    const { response, format } = this.#options;
    const count = opened.kind === 'arriving' ? undefined : opened.instances.length;
    for await (const batch of this.#batches(opened)) {
      const isFirst = this.#instances === 0;
      const pieces = format.texts(batch, isFirst);
      if (isFirst) this.#setHeaders(opened);
      this.#instances += batch.ends.length;
      for (const { length } of pieces) this.#bytes += length;
      if (isFirst && batch.ends.length === count) {
        this.#endWith(pieces);
        return;
      }
      if (!this.#write(pieces)) await drained(response, this.#options.signal);
    }
    response.end(format.end);
  }

  async *#batches(opened: Opened): AsyncGenerator<TextBatch, void, undefined> {
    if (opened.kind !== 'arriving') {
      yield* this.#texts(opened.instances);
      return;
    }
    for await (const instances of arrivedBatches(opened.instances, mostAtOnce)) yield* this.#texts(instances);
  }

  /** Goes on behind a file that is damaged as soon as it has come again. */
  async *#texts(instances: readonly StoredInstance[]): AsyncGenerator<TextBatch, void, undefined> {
    const { metadata, refetch } = this.#options;
    let rest = instances;
    while (rest.length > 0) {
      try {
        for await (const batch of metadata.texts(rest, this.#options)) {
          rest = rest.slice(batch.ends.length);
          yield batch;
        }
      } catch (error) {
        const [damaged] = rest;
        if (!(error instanceof UnreadableInstanceError) || damaged !== error.instance) throw error;
        if (error.code !== 'cache-damaged' || this.#refetched.has(damaged.instance)) throw error;
        this.#refetched.add(damaged.instance);
        rest = [await refetch(damaged, error), ...rest.slice(1)];
      }
    }
  }

  #setHeaders(opened: Opened): void {
    const { response, format } = this.#options;
    response.status(opened.kind === 'partial' ? 206 : 200);
    response.setHeader('Content-Type', format.contentType);
    if (!response.hasHeader('ETag')) response.setHeader('Cache-Control', 'no-store');
    const warning = opened.kind === 'partial' ? partialWarning(opened.missing) : undefined;
    if (warning !== undefined) response.setHeader('Warning', warning);
  }

  /** @returns false where the client is behind */
  #write(pieces: readonly Uint8Array[]): boolean {
    const { response } = this.#options;
    let isReady = true;
    for (const piece of pieces) isReady = response.write(piece);
    return isReady;
  }

  /** What is whole is sent with its length. */
  #endWith(pieces: readonly Uint8Array[]): void {
    const { response, format } = this.#options;
    const body = Buffer.concat([...pieces, Buffer.from(format.end)]);
    response.setHeader('Content-Length', body.length);
    response.end(body);
  }
}
