/** A piece of a file, and where in the buffer it goes. */
export interface Segment {
  readonly path: string;
  /** Byte of the file at which the piece begins. */
  readonly position: number;
  readonly length: number;
  /** Byte of the buffer at which the piece begins. */
  readonly at: number;
  /** The file is opened, and its size compared, with its first piece. */
  readonly isFirst: boolean;
  /** The file is closed, and its CRC-32 compared, with its last piece. */
  readonly isLast: boolean;
  readonly fileSize: number;
  readonly crc32: number | undefined;
  /** As that of the FilePart. */
  readonly wholeCrc32: number | undefined;
}

/** Asks for segments to be read into a buffer, one after the other. */
export interface FillRequest {
  readonly kind: 'fill';
  readonly id: number;
  /** Whose buffer it is: a stream of bytes to one receiver, which reads at most one file at a time. */
  readonly stream: number;
  /** The number of a buffer that was introduced. */
  readonly buffer: number;
  readonly segments: readonly Segment[];
}

/** Introduces a buffer: what goes into it is asked for by its number, since a message with it is costly. */
export interface BufferRequest {
  readonly kind: 'buffer';
  readonly number: number;
  readonly buffer: SharedArrayBuffer;
}

/** Says that a buffer is not used any more. */
export interface ForgetRequest {
  readonly kind: 'forget';
  readonly number: number;
}

/** Says that a stream asks for nothing more, so that its file can be closed. */
export interface EndRequest {
  readonly kind: 'end';
  readonly stream: number;
}

export type ReaderRequest = FillRequest | EndRequest | BufferRequest | ForgetRequest;

/** Why a segment could not be read; those before it were. */
export interface SegmentFailure {
  /** Its place among the segments of the request. */
  readonly segment: number;
  /** True where the file is not what it should be; false where reading failed for another reason. */
  readonly isDamage: boolean;
  /** In plain words, without a full stop. */
  readonly reason: string;
}

/** Answers a fill; without a failure, all segments were read. */
export interface FillAnswer {
  readonly id: number;
  readonly failure: SegmentFailure | undefined;
}
