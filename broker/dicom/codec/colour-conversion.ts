/** Half of the 16 binary places that the factors have. */
const half = 1 << 15;

function fixed(factor: number): number {
  return Math.round(factor * 65536);
}

const [redOfCr, greenOfCb, greenOfCr, blueOfCb] = [
  fixed(1.402),
  fixed(0.34414),
  fixed(0.71414),
  fixed(1.772),
];

/**
 * Turns pixel-interleaved YBR_FULL samples into RGB, in place (PS3.3 section C.7.6.3.1.2), in the integer
 * arithmetic of libjpeg, so that results equal those of other tools.
 */
export function ybrFullToRgb(samples: Uint8Array | Uint16Array, precision: number): void {
  const most = 2 ** precision - 1;
  const centre = 2 ** (precision - 1);
  for (let at = 0; at + 2 < samples.length; at += 3) {
    const y = samples[at]!;
    const cb = samples[at + 1]! - centre;
    const cr = samples[at + 2]! - centre;
    samples[at] = clamp(y + shift(redOfCr * cr + half), most);
    samples[at + 1] = clamp(y + shift(half - greenOfCb * cb - greenOfCr * cr), most);
    samples[at + 2] = clamp(y + shift(blueOfCb * cb + half), most);
  }
}

/** An arithmetic shift by 16 places; products of 16-bit samples do not fit in the 32 bits of `>>`. */
function shift(value: number): number {
  return Math.floor(value / 65536);
}

function clamp(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}

/**
 * YBR_PARTIAL samples of 8 bits, whose Y begins at 16, as RGB, in place (PS3.3 section C.7.6.3.1.2; retired).
 */
export function ybrPartialToRgb(samples: Uint8Array): void {
  for (let at = 0; at + 2 < samples.length; at += 3) {
    const y = 1.1644 * (samples[at]! - 16);
    const cb = samples[at + 1]! - 128;
    const cr = samples[at + 2]! - 128;
    samples[at] = clamp(Math.round(y + 1.596 * cr), 255);
    samples[at + 1] = clamp(Math.round(y - 0.3917 * cb - 0.8129 * cr), 255);
    samples[at + 2] = clamp(Math.round(y + 2.0173 * cb), 255);
  }
}

/**
 * Gives each pixel its chrominance: two pixels, stored as Y Y Cb Cr, share one (PS3.3 section
 * C.7.6.3.1.2, YBR_FULL_422).
 */
export function upsampled422(samples: Uint8Array): Buffer {
  const full = Buffer.allocUnsafe((samples.length / 4) * 6);
  for (let from = 0, to = 0; from + 3 < samples.length; from += 4, to += 6) {
    full[to] = samples[from]!;
    full[to + 3] = samples[from + 1]!;
    full[to + 1] = full[to + 4] = samples[from + 2]!;
    full[to + 2] = full[to + 5] = samples[from + 3]!;
  }
  return full;
}
