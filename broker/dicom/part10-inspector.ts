import { toBrokerError } from '../domain/errors.ts';
import { encodingOf } from '../domain/transfer-syntax.ts';
import { type ReadFileMeta, readFileMeta } from './file-meta.ts';
import { HeaderScanner, type InstanceUids } from './header-scanner.ts';

/** What the beginning of a DICOM file says. */
export interface Inspection {
  /** Undefined where it is no DICOM file. */
  readonly meta: ReadFileMeta | undefined;
  /** Those of the data set. */
  readonly uids: InstanceUids;
  /** Why it cannot be read, in plain words; undefined where it can be. */
  readonly problem: string | undefined;
}

/** Bytes at which the file meta information is looked for; when they hold only a part of it, at twice as many. */
const firstTry = 1024;
/** Private information can make it long; what is longer is none. */
const longestMeta = 1024 * 1024;

const noUids: InstanceUids = {
  sopClassUid: undefined,
  sopInstanceUid: undefined,
  studyInstanceUid: undefined,
  seriesInstanceUid: undefined,
};

/** Finds what identifies a DICOM file (PS3.10) in its first bytes while it comes. Never throws. */
export class Part10Inspector {
  #head: Buffer[] = [];
  #length = 0;
  #nextTry = firstTry;
  #meta: ReadFileMeta | undefined;
  #scanner: HeaderScanner | undefined;
  #problem: string | undefined;

  /** Looks at the next bytes; once all is known, calls cost nothing. */
  push(bytes: Buffer): void {
    if (this.#scanner !== undefined) {
      this.#scanner.push(bytes);
      return;
    }
    if (this.#problem !== undefined) return;
    this.#head.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= this.#nextTry) this.#readMeta(false);
  }

  /** To be called after the last bytes. */
  end(): Inspection {
    if (this.#scanner === undefined && this.#problem === undefined) this.#readMeta(true);
    this.#scanner?.end();
    return {
      meta: this.#meta,
      uids: this.#scanner?.found ?? noUids,
      problem: this.#problem ?? this.#scanner?.problem,
    };
  }

  #readMeta(isWhole: boolean): void {
    const head = Buffer.concat(this.#head);
    try {
      const meta = readFileMeta(head);
      // An end at the last byte may be the end of what has come so far only.
      if (meta.dataSetOffset < head.length || isWhole) this.#scan(meta, head.subarray(meta.dataSetOffset));
      else this.#nextTry = 2 * head.length;
    } catch (thrown) {
      if (isWhole || head.length >= longestMeta || !hasPrefix(head))
        this.#fail(toBrokerError(thrown).message);
      else this.#nextTry = 2 * head.length;
    }
  }

  #scan(meta: ReadFileMeta, begin: Buffer): void {
    this.#meta = meta;
    this.#scanner = new HeaderScanner(encodingOf(meta.transferSyntaxUid));
    this.#scanner.push(begin);
    this.#head = [];
  }

  #fail(problem: string): void {
    this.#problem = problem;
    this.#head = [];
  }
}

function hasPrefix(head: Buffer): boolean {
  return head.toString('latin1', 128, 132) === 'DICM';
}
