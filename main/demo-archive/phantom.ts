/** An ellipse in a square from -1 to 1, and the value inside it. */
export interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
  readonly value: number;
}

/**
 * Draws ellipses over each other, the later ones on top.
 * @returns `size` rows of `size` values; `background` where no ellipse is
 */
export function drawPhantom(size: number, background: number, ellipses: readonly Ellipse[]): Uint16Array {
  const pixels = new Uint16Array(size * size).fill(background);
  for (const { x, y, radiusX, radiusY, value } of ellipses) {
    for (let row = 0; row < size; row += 1) {
      const v = ((2 * row + 1) / size - 1 - y) / radiusY;
      if (Math.abs(v) > 1) continue;
      for (let column = 0; column < size; column += 1) {
        const u = ((2 * column + 1) / size - 1 - x) / radiusX;
        if (u * u + v * v <= 1) pixels[row * size + column] = value;
      }
    }
  }
  return pixels;
}

/** 16-bit pixels in Little Endian. */
export function wordBytes(pixels: Uint16Array): Buffer {
  const bytes = Buffer.alloc(pixels.length * 2);
  pixels.forEach((pixel, index) => bytes.writeUInt16LE(pixel, index * 2));
  return bytes;
}
