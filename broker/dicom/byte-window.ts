/** The bytes of a data set, of which those in a window are in memory. */
export interface ByteWindow {
  /** The bytes in memory; replaced by each `load` that has to move the window. */
  readonly buffer: Buffer;
  readonly view: DataView;
  /** The byte at which the window begins. */
  readonly base: number;
  /** Moves the window where it has to, so that these bytes are in it, up to the end of all. */
  load(from: number, length: number): void;
}

/** Bytes that are all in memory. */
export function memoryWindow(bytes: Uint8Array): ByteWindow {
  return {
    buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    base: 0,
    load: () => undefined,
  };
}
