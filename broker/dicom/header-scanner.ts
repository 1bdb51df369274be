import { constants, inflateRawSync } from 'node:zlib';
import { toBrokerError } from '../domain/errors.ts';
import type { Encoding } from '../domain/transfer-syntax.ts';
import type { Uid } from '../domain/uid.ts';
import { readUid } from '../domain/uid.ts';
import type { ElementHandler, ElementStart } from './element-handler.ts';
import { ElementScanner } from './element-scanner.ts';
import { describeTag } from './scan-frame.ts';

/** What says where an instance belongs; a UID that is absent or malformed is undefined. */
export interface InstanceUids {
  sopClassUid: Uid | undefined;
  sopInstanceUid: Uid | undefined;
  studyInstanceUid: Uid | undefined;
  seriesInstanceUid: Uid | undefined;
}

const seriesInstanceUid = 0x0020000e;

/** The attributes that are looked for, by tag number. */
const wanted: ReadonlyMap<number, keyof InstanceUids> = new Map([
  [0x00080016, 'sopClassUid'],
  [0x00080018, 'sopInstanceUid'],
  [0x0020000d, 'studyInstanceUid'],
  [seriesInstanceUid, 'seriesInstanceUid'],
]);

/** Longer ones are refused: a UID has 64 characters, and some are padded. */
const longestValue = 128;

/** Compressed bytes at which a deflated header is inflated: few times, and each time little is done twice. */
const inflateAt = [1024, 4 * 1024, 16 * 1024, 64 * 1024, 256 * 1024];
const longestInflated = 4 * 1024 * 1024;

/**
 * Finds the UIDs of an instance in the first bytes of its data set while it is being received.
 * Looks at the top level only, and no further than Series Instance UID (0020,000E), the last of
 * them, as tags ascend (PS3.5 section 7.1). Never throws: the bytes come from a peer.
 */
export class HeaderScanner implements ElementHandler {
  readonly found: InstanceUids = {
    sopClassUid: undefined,
    sopInstanceUid: undefined,
    studyInstanceUid: undefined,
    seriesInstanceUid: undefined,
  };
  readonly #scanner: ElementScanner;
  readonly #value = Buffer.allocUnsafe(longestValue);
  #valueLength = 0;
  #current: keyof InstanceUids = 'sopClassUid';
  #missing = wanted.size;
  #done = false;
  #problem: string | undefined;
  /** Only of a deflated data set: the compressed bytes so far, how many were inflated, and to how many. */
  readonly #deflated: Uint8Array[] | undefined;
  #deflatedLength = 0;
  #tries = 0;
  #inflatedLength = 0;

  constructor(encoding: Encoding) {
    this.#scanner = new ElementScanner(encoding, this);
    if (encoding.deflated) this.#deflated = [];
  }

  /** True once no more bytes are needed. */
  get done(): boolean {
    return this.#done;
  }

  /** What is wrong with the header, in plain words; undefined where nothing is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Looks at the next bytes of the data set. Returns `done`; once that is true, calls cost nothing. */
  push(chunk: Uint8Array): boolean {
    if (this.#done) return true;
    if (this.#deflated === undefined) this.#scan(chunk);
    else this.#collect(this.#deflated, chunk);
    return this.#done;
  }

  /** To be called after the last bytes of the data set, if the scanner is not done before. */
  end(): void {
    if (this.#done) return;
    if (this.#deflated !== undefined) this.#inflate(this.#deflated, this.#deflatedLength);
    this.#finish(this.#scanner.end().problem);
  }

  element({ tag, length, depth }: ElementStart): boolean {
    if (depth > 0) return false;
    if (tag > seriesInstanceUid) this.#finish(undefined);
    const name = wanted.get(tag);
    if (name === undefined || this.found[name] !== undefined) return false;
    if (length > longestValue) {
      this.#problem = `${describeTag(tag)} is ${length} bytes long; a UID has at most 64 characters`;
      return false;
    }
    this.#current = name;
    this.#valueLength = 0;
    return true;
  }

  sequenceStart({ tag, depth }: ElementStart): boolean {
    if (depth === 0 && tag > seriesInstanceUid) this.#finish(undefined);
    return false;
  }

  value(bytes: Uint8Array): void {
    this.#value.set(bytes, this.#valueLength);
    this.#valueLength += bytes.length;
  }

  valueEnd(): void {
    const uid = readUid(this.#value.toString('latin1', 0, this.#valueLength));
    if (uid === undefined) return;
    this.found[this.#current] = uid;
    this.#missing--;
    if (this.#missing === 0) this.#finish(undefined);
  }

  #scan(bytes: Uint8Array): void {
    try {
      this.#scanner.push(bytes);
    } catch (thrown) {
      this.#finish(toBrokerError(thrown).message);
    }
  }

  #collect(deflated: Uint8Array[], chunk: Uint8Array): void {
    // A copy: the receiver reads into the same buffer again.
    deflated.push(Uint8Array.from(chunk.subarray(0, inflateAt.at(-1)! - this.#deflatedLength)));
    this.#deflatedLength += chunk.length;
    for (let next = inflateAt[this.#tries]; !this.#done; next = inflateAt[++this.#tries]) {
      if (next === undefined) {
        this.#finish(
          `Series Instance UID is not in the first ${inflateAt.at(-1)} bytes of the deflated data set`,
        );
      } else if (this.#deflatedLength >= next) {
        this.#inflate(deflated, next);
      } else {
        return;
      }
    }
  }

  /** Inflates the first bytes again, more of them than the last time, and scans what is new. */
  #inflate(deflated: readonly Uint8Array[], length: number): void {
    try {
      const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: longestInflated };
      const inflated = inflateRawSync(Buffer.concat(deflated).subarray(0, length), options);
      this.#scan(inflated.subarray(this.#inflatedLength));
      this.#inflatedLength = inflated.length;
    } catch (thrown) {
      this.#finish(`The data set cannot be inflated: ${toBrokerError(thrown).message}.`);
    }
  }

  #finish(problem: string | undefined): void {
    if (this.#done) return;
    this.#done = true;
    this.#problem ??= problem;
    this.#scanner.stop();
  }
}
