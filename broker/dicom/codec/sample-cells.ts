/** How a codec gives samples out, and the cells that a data set has for them. */
export interface CellChange {
  /** Bits of the codec's samples: 1 to 16, in cells of one byte up to 8, else of two. */
  readonly precision: number;
  readonly bitsAllocated: number;
  readonly isSigned: boolean;
}

/**
 * Puts samples into cells of another size: what a codec gives out has its precision for a sign, or none;
 * a data set's cells repeat the sign in their upper bits.
 */
export function toCells(decoded: Buffer, { precision, bitsAllocated, isSigned }: CellChange): Buffer {
  const from = cells(decoded, precision <= 8 ? 8 : 16);
  if (from.BYTES_PER_ELEMENT * 8 === bitsAllocated && precision === bitsAllocated) return decoded;
  const result = Buffer.alloc((from.length * bitsAllocated) / 8);
  const mask = 2 ** precision - 1;
  const sign = isSigned ? 2 ** (precision - 1) : 2 ** 32;
  const [width, beyond] = [bitsAllocated / 8, 2 ** precision];
  if (bitsAllocated === 8 || bitsAllocated === 16) {
    const to = cells(result, bitsAllocated);
    for (let at = 0; at < from.length; at++) {
      const value = from[at]! & mask;
      to[at] = value >= sign ? value - beyond : value;
    }
    return result;
  }
  for (let at = 0; at < from.length; at++) {
    const value = from[at]! & mask;
    if (value >= sign) {
      result.fill(0xff, at * width, (at + 1) * width);
      result.writeUInt16LE(value - beyond + 0x10000, at * width);
    } else result.writeUInt16LE(value, at * width);
  }
  return result;
}

/** The bytes as unsigned numbers of that size, in the order of this machine, which is Little Endian. */
export function cells(bytes: Buffer, bits: 8 | 16): Uint8Array | Uint16Array {
  if (bits === 8) return bytes;
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : Buffer.from(Uint8Array.from(bytes).buffer);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, bytes.length >> 1);
}

/** Samples that stand in planes, one for each component, as those of a pixel together. */
export function interleaved(planes: Uint8Array, samplesPerPixel: number, bytesPerSample: number): Buffer {
  const result = Buffer.allocUnsafe(planes.length);
  const pixels = planes.length / samplesPerPixel / bytesPerSample;
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    let from = sample * pixels * bytesPerSample;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const to = (pixel * samplesPerPixel + sample) * bytesPerSample;
      for (let byte = 0; byte < bytesPerSample; byte++) result[to + byte] = planes[from++]!;
    }
  }
  return result;
}
