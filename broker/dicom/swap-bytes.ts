/** Turns the byte order of whole numbers of 2, 4 or 8 bytes in place; bytes behind the last whole one stay. */
export function swapBytes(bytes: Buffer, unit: 2 | 4 | 8): void {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % unit));
  if (unit === 2) whole.swap16();
  else if (unit === 4) whole.swap32();
  else whole.swap64();
}

/**
 * The same bytes with the byte order of their numbers turned. Chunks may end anywhere; those that are
 * given out are copies.
 */
export async function* swappedBytes(
  chunks: AsyncIterable<Uint8Array>,
  unit: 2 | 4 | 8,
): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Uint8Array = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % unit);
    swapBytes(bytes.subarray(0, whole), unit);
    rest = bytes.subarray(whole);
    if (whole > 0) yield bytes.subarray(0, whole);
  }
  if (rest.length > 0) yield rest;
}
