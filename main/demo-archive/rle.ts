const headerBytes = 64;

/**
 * Compresses one frame of 16-bit pixels as RLE Lossless (PS3.5 annex G): one segment of all high
 * bytes and one of all low bytes, each row packed by itself.
 */
export function rleFrame(pixels: Uint16Array, columns: number): Buffer {
  const segments = [8, 0].map((shift) => segment(pixels, columns, shift));
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(segments.length, 0);
  let offset = headerBytes;
  segments.forEach((bytes, index) => {
    header.writeUInt32LE(offset, 4 + 4 * index);
    offset += bytes.length;
  });
  return Buffer.concat([header, ...segments]);
}

/** Frames as encapsulated pixel data: an empty Basic Offset Table, then one fragment per frame (PS3.5 A.4). */
export function encapsulate(frames: readonly Buffer[]): Buffer {
  return Buffer.concat(
    [Buffer.alloc(0), ...frames].flatMap((bytes) => {
      const item = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
      item.writeUInt32LE(bytes.length, 4);
      return [item, bytes];
    }),
  );
}

function segment(pixels: Uint16Array, columns: number, shift: number): Buffer {
  const packed: number[] = [];
  for (let start = 0; start < pixels.length; start += columns) {
    const row = Uint8Array.from(pixels.subarray(start, start + columns), (pixel) => (pixel >> shift) & 0xff);
    packBits(row, packed);
  }
  if (packed.length % 2 === 1) packed.push(0);
  return Buffer.from(packed);
}

/** Runs of two to 128 equal bytes as count and byte, everything else literally (PS3.5 G.3.1). */
function packBits(row: Uint8Array, packed: number[]): void {
  let position = 0;
  while (position < row.length) {
    const run = runLength(row, position);
    if (run > 1) {
      packed.push(257 - run, row[position] ?? 0);
      position += run;
      continue;
    }
    let end = position + 1;
    while (end < row.length && end - position < 128 && runLength(row, end) === 1) end += 1;
    packed.push(end - position - 1, ...row.subarray(position, end));
    position = end;
  }
}

function runLength(row: Uint8Array, start: number): number {
  let end = start + 1;
  while (end < row.length && end - start < 128 && row[end] === row[start]) end += 1;
  return end - start;
}
