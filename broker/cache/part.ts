import { BrokerError } from '../domain/errors.ts';

/** Bytes that are sent as they are: the header of a part of a multipart answer, say. */
export interface BytesPart {
  readonly bytes: Uint8Array;
}

/** A range of a file. */
export interface FilePart {
  readonly path: string;
  /** First byte of the range. */
  readonly offset: number;
  /** Bytes of the range. */
  readonly length: number;
  /** Bytes that the whole file has to have; left out, it has to end where the range does. */
  readonly fileSize?: number;
  /** CRC-32 that the whole file has to have; only for a range that is the whole file. */
  readonly crc32?: number;
  /**
   * CRC-32 that the whole file has to have, for a range that is a part of it: a file of up to 64 MiB that
   * was not checked lately is, before any of the range is handed out.
   */
  readonly wholeCrc32?: number;
}

/** A piece of what is sent, in order. */
export type Part = BytesPart | FilePart;

/** Where in the sequence of parts a damaged file was found. */
export interface DamagePlace {
  readonly part: FilePart;
  /** Place of the part in the sequence, from 0: all parts before it were handed out whole. */
  readonly partIndex: number;
  /** Bytes of the part that were handed out; more than 0 only for a file larger than a buffer. */
  readonly bytesOfPart: number;
}

/** A BrokerError `cache-damaged` that tells which file it is, and how much was handed out before it. */
export class DamagedFileError extends BrokerError implements DamagePlace {
  readonly part: FilePart;
  readonly path: string;
  readonly partIndex: number;
  readonly bytesOfPart: number;

  constructor(place: DamagePlace, reason: string) {
    super('cache-damaged', `A cached file cannot be sent: ${reason}.`);
    this.part = place.part;
    this.path = place.part.path;
    this.partIndex = place.partIndex;
    this.bytesOfPart = place.bytesOfPart;
  }
}
