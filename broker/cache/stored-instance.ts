import type { Uid } from '../domain/uid.ts';

/** What names an instance of an archive. */
export interface InstanceName {
  /** Name of the archive that it came from: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly archive: string;
  readonly study: Uid;
  readonly series: Uid;
  readonly instance: Uid;
}

/** An instance that is in the cache as a DICOM file (PS3.10). */
export interface StoredInstance extends InstanceName {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Byte of the file at which the data set begins. */
  readonly dataSetOffset: number;
  /** CRC-32 of the whole file. */
  readonly crc32: number;
  readonly path: string;
  /** Place in the order of arrival; the cache gives it, who adds an instance leaves it out. */
  readonly arrival?: number;
}

/** What is in the cache of one study. */
export interface CachedStudy {
  readonly archive: string;
  readonly study: Uid;
  readonly instances: number;
  /** Bytes of its files. */
  readonly bytes: number;
  /** When it was last received or sent, in milliseconds since 1970. */
  readonly lastUsedAt: number;
}
