import type { InstanceReader } from '../../cache/instance-reader.ts';
import { DamagedFileError, type Part } from '../../cache/part.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import { type ErrorCode, toBrokerError } from '../../domain/errors.ts';
import { encodingOf, explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { InstanceTranscoder, TranscodedFile } from './instance-transcoder.ts';
import type { PacedResponse } from '../http/paced-response.ts';
import type { Replay } from './replay.ts';
import { transcodedInstance } from './transcoded-instance.ts';

/** An instance and the form in which the client gets it. */
export interface InstanceToSend {
  readonly instance: StoredInstance;
  /** Transfer syntaxes that the client takes, the one that it wants most first. */
  readonly syntaxes: readonly string[];
}

/** True where nothing is converted. */
export function isAsStored({ instance, syntaxes }: InstanceToSend): boolean {
  return syntaxes[0] === instance.transferSyntaxUid;
}

/** What is told of an instance in front of its bytes. */
export interface PartToSend {
  readonly instance: StoredInstance;
  readonly transferSyntaxUid: string;
  /** Undefined where it is converted on its way. */
  readonly length: number | undefined;
}

export interface WriterOptions {
  readonly reader: InstanceReader;
  readonly transcoder: InstanceTranscoder;
  readonly response: PacedResponse;
  readonly signal: AbortSignal;
  /** The bytes before the instance at that place: a part's delimiter and header, or nothing. */
  readonly before: (index: number, part: PartToSend) => Buffer;
  /** Drops a damaged file from the cache and fetches the instance again. */
  readonly refetch: (instance: StoredInstance, error: DamagedFileError) => Promise<StoredInstance>;
}

/** What an instance itself is the reason of. */
const inconvertible: ReadonlySet<ErrorCode> = new Set(['not-acceptable', 'malformed-data-set', 'too-large']);

/** Sends instances one after the other from the cache. */
export class InstancesWriter {
  readonly #options: WriterOptions;
  readonly #instances: Replay<InstanceToSend>;
  #next = 0;
  /** The part's header has left already, its file has not. */
  #isHeaderSent = false;
  /** Places of instances that were fetched again: once each. */
  readonly #refetched = new Set<number>();

  constructor(instances: Replay<InstanceToSend>, options: WriterOptions) {
    this.#instances = instances;
    this.#options = options;
  }

  /** Instances that were sent whole. */
  get sent(): number {
    return this.#next;
  }

  /**
   * Sends all; settles when the last byte has been handed to the socket.
   * @throws BrokerError where one cannot be sent, or the source of the instances ended with an error
   */
  async write(): Promise<void> {
    for (;;) {
      await this.#writeStored();
      const next = await this.#instances.at(this.#next);
      if (next === undefined) return;
      if (!isAsStored(next)) await this.#writeTranscoded(next);
    }
  }

  /** Sends instances as they are stored, up to the next that is to be converted. */
  async #writeStored(): Promise<void> {
    const { reader, response, signal } = this.#options;
    const segment = new Segment(this.#instances, this.#next, this.#isHeaderSent, this.#options.before);
    try {
      for await (const chunk of reader.read(segment, signal)) await response.write(chunk);
    } catch (error) {
      if (!(error instanceof DamagedFileError) || error.bytesOfPart > 0) throw error;
      await this.#replaceDamaged(segment.indexOf(error.partIndex), error);
      return;
    }
    this.#next = segment.end;
    this.#isHeaderSent = false;
  }

  async #replaceDamaged(index: number, error: DamagedFileError): Promise<void> {
    const damaged = await this.#instances.at(index);
    if (damaged === undefined) throw error;
    const { size, transferSyntaxUid, crc32 } = damaged.instance;
    const fresh = await this.#refetch(index, damaged, error);
    // What was announced about it has left already: its length, its syntax, in an archive its CRC-32.
    if (fresh.size !== size || fresh.transferSyntaxUid !== transferSyntaxUid || fresh.crc32 !== crc32)
      throw error;
    this.#next = index;
    this.#isHeaderSent = true;
  }

  async #refetch(index: number, damaged: InstanceToSend, error: DamagedFileError): Promise<StoredInstance> {
    if (this.#refetched.has(index)) throw error;
    this.#refetched.add(index);
    const fresh = await this.#options.refetch(damaged.instance, error);
    this.#instances.replace(index, { ...damaged, instance: fresh });
    return fresh;
  }

  async #writeTranscoded(next: InstanceToSend): Promise<void> {
    const instance = await this.#undamaged(next);
    const [syntax] = next.syntaxes;
    if (syntax === explicitVrLittleEndian && !encodingOf(instance.transferSyntaxUid).encapsulated) {
      await this.#writeExplicit(instance);
      return;
    }
    const made = await this.#transcoded({ ...next, instance });
    if (made === undefined) return;
    await using file = made;
    const { reader, response, signal, before } = this.#options;
    const { path, size, transferSyntaxUid } = file;
    await response.write(before(this.#next, { instance, transferSyntaxUid, length: size }));
    for await (const chunk of reader.read([{ path, offset: 0, length: size }], signal)) {
      await response.write(chunk);
    }
    this.#next += 1;
  }

  /** Converts an uncompressed data set while it is being sent. */
  async #writeExplicit(instance: StoredInstance): Promise<void> {
    const { response, signal, before } = this.#options;
    await response.write(
      before(this.#next, { instance, transferSyntaxUid: explicitVrLittleEndian, length: undefined }),
    );
    for await (const piece of transcodedInstance(instance, signal)) await response.write(piece);
    this.#next += 1;
  }

  /**
   * The instance in the syntax that the client wants most. Where it cannot be had in that one, it is left in
   * its place with those that remain, and comes to its turn again.
   */
  async #transcoded({ instance, syntaxes }: InstanceToSend): Promise<TranscodedFile | undefined> {
    const [syntax = explicitVrLittleEndian, ...others] = syntaxes;
    const { transcoder, signal } = this.#options;
    try {
      return await transcoder.transcode(instance, syntax, signal);
    } catch (error) {
      if (others.length === 0 || !inconvertible.has(toBrokerError(error).code)) throw error;
      this.#instances.replace(this.#next, { instance, syntaxes: others });
      return undefined;
    }
  }

  /** Reads a file to its end before it is converted: damage would no longer show in what is sent. */
  async #undamaged(next: InstanceToSend): Promise<StoredInstance> {
    const { reader, signal } = this.#options;
    let { instance } = next;
    for (;;) {
      const { path, size, crc32 } = instance;
      try {
        const whole = reader.read([{ path, offset: 0, length: size, crc32 }], signal);
        while ((await whole.next()).done !== true);
        return instance;
      } catch (error) {
        if (!(error instanceof DamagedFileError)) throw error;
        instance = await this.#refetch(this.#next, next, error);
      }
    }
  }
}

/** The parts of a run of instances that are sent as they are stored. */
class Segment implements AsyncIterable<Part> {
  readonly #instances: Replay<InstanceToSend>;
  readonly #start: number;
  readonly #isHeaderSent: boolean;
  readonly #before: WriterOptions['before'];
  #index: number;

  constructor(
    instances: Replay<InstanceToSend>,
    start: number,
    isHeaderSent: boolean,
    before: WriterOptions['before'],
  ) {
    this.#instances = instances;
    this.#start = start;
    this.#index = start;
    this.#isHeaderSent = isHeaderSent;
    this.#before = before;
  }

  /** The place behind the last instance of the run, once it has been read to its end. */
  get end(): number {
    return this.#index;
  }

  /** The instance that a part belongs to: two parts each, but for the first where its header has left. */
  indexOf(partIndex: number): number {
    return this.#start + Math.floor((partIndex + (this.#isHeaderSent ? 1 : 0)) / 2);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Part, void, undefined> {
    for (;;) {
      const next = await this.#instances.at(this.#index);
      if (next === undefined || !isAsStored(next)) return;
      const { instance } = next;
      if (this.#index > this.#start || !this.#isHeaderSent) {
        const { transferSyntaxUid, size } = instance;
        yield { bytes: this.#before(this.#index, { instance, transferSyntaxUid, length: size }) };
      }
      yield { path: instance.path, offset: 0, length: instance.size, crc32: instance.crc32 };
      this.#index += 1;
    }
  }
}
