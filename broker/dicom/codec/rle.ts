import { damagedFrame } from './damaged-frame.ts';

/** Bytes of the header: the number of segments, then the place of each (PS3.5 annex G.5). */
const headerLength = 64;
const greatestSegments = 15;

/** How the samples of a frame lie in its RLE segments: one for each byte of a sample, the highest first. */
export interface RleLayout {
  readonly pixels: number;
  readonly samplesPerPixel: number;
  readonly bytesPerSample: number;
}

/**
 * Decodes a frame of RLE Lossless (PS3.5 annex G).
 * @returns Little Endian samples, those of a pixel together
 * @throws BrokerError `malformed-data-set` where it is not whole or not of that layout
 */
export function decodeRle(bytes: Uint8Array, layout: RleLayout): Buffer {
  const { pixels, samplesPerPixel, bytesPerSample } = layout;
  if (bytes.length < headerLength) throw damagedFrame('its RLE header is not whole');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint32(0, true);
  if (count !== samplesPerPixel * bytesPerSample || count > greatestSegments) {
    throw damagedFrame(
      `it has ${count} RLE segments; ${samplesPerPixel} samples of ${bytesPerSample} bytes are described`,
    );
  }
  const step = samplesPerPixel * bytesPerSample;
  const decoded = Buffer.alloc(pixels * step);
  for (let segment = 0; segment < count; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    if (start < headerLength || end > bytes.length || end < start) {
      throw damagedFrame('its RLE header names a segment outside of the frame');
    }
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(bytes.subarray(start, end), decoded, sample * bytesPerSample + byte, step);
  }
  return decoded;
}

/** PackBits (PS3.5 section G.3.2): every `step`th byte of `to`, from `at` on, is written. */
function unpack(from: Uint8Array, to: Buffer, at: number, step: number): void {
  let next = 0;
  let place = at;
  while (place < to.length && next < from.length) {
    const control = from[next++]!;
    if (control === 128) continue;
    const length = control < 128 ? control + 1 : 257 - control;
    if (control < 128) {
      if (next + length > from.length) break;
      for (let index = 0; index < length && place < to.length; index++, place += step) {
        to[place] = from[next + index]!;
      }
      next += length;
    } else {
      const value = from[next++];
      if (value === undefined) break;
      for (let index = 0; index < length && place < to.length; index++, place += step) to[place] = value;
    }
  }
  if (place < to.length) throw damagedFrame('an RLE segment ends before its last pixel');
}

/**
 * Encodes a frame as RLE Lossless; runs do not cross rows (PS3.5 section G.3.1).
 * @param samples Little Endian, those of a pixel together
 * @param columns pixels of a row
 */
export function encodeRle(samples: Uint8Array, layout: RleLayout, columns: number): Buffer {
  const { pixels, samplesPerPixel, bytesPerSample } = layout;
  const step = samplesPerPixel * bytesPerSample;
  const header = Buffer.alloc(headerLength);
  header.writeUInt32LE(step, 0);
  const parts: Buffer[] = [header];
  const plane = Buffer.allocUnsafe(pixels);
  let place = headerLength;
  for (let segment = 0; segment < step; segment++) {
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    for (let pixel = 0, at = sample * bytesPerSample + byte; pixel < pixels; pixel++, at += step) {
      plane[pixel] = samples[at]!;
    }
    const packed = pack(plane, columns);
    header.writeUInt32LE(place, 4 + 4 * segment);
    parts.push(packed);
    place += packed.length;
  }
  return Buffer.concat(parts);
}

function pack(plane: Buffer, columns: number): Buffer {
  // A literal byte costs one more for every 128 of them, and each row may begin a new run.
  const rows = Math.ceil(plane.length / columns);
  const packed = Buffer.alloc(plane.length + rows * (Math.ceil(columns / 128) + 1) + 1);
  let used = 0;
  for (let start = 0; start < plane.length; start += columns) {
    used = packRow(plane.subarray(start, start + columns), packed, used);
  }
  return packed.subarray(0, used + (used % 2));
}

function packRow(row: Buffer, packed: Buffer, from: number): number {
  let used = from;
  let at = 0;
  while (at < row.length) {
    const run = runLength(row, at);
    if (run >= 3 || (run === 2 && at + 2 >= row.length)) {
      packed[used++] = 257 - run;
      packed[used++] = row[at]!;
      at += run;
      continue;
    }
    let end = at + 1;
    while (end < row.length && end - at < 128 && runLength(row, end, 3) < 3) end++;
    packed[used++] = end - at - 1;
    row.copy(packed, used, at, end);
    used += end - at;
    at = end;
  }
  return used;
}

function runLength(row: Buffer, at: number, most = 128): number {
  let length = 1;
  while (length < most && at + length < row.length && row[at + length] === row[at]) length++;
  return length;
}
