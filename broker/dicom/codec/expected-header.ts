import type { PixelDescription } from '../pixel-description.ts';
import { damagedFrame } from './damaged-frame.ts';

/** What a codestream says of itself. */
export interface CodestreamHeader {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: number;
  readonly precision: number;
}

/**
 * Compares a codestream with the data set around it before a codec sees it: what a codec makes room for
 * must not depend on who wrote the codestream alone.
 * @throws BrokerError `malformed-data-set` where they differ
 */
export function expectHeader(header: CodestreamHeader, pixels: PixelDescription): void {
  const { columns, rows, samplesPerPixel, bitsAllocated } = pixels;
  if (header.columns !== columns || header.rows !== rows) {
    throw damagedFrame(
      `its compressed data has ${header.columns} × ${header.rows} pixels, its description ${columns} × ${rows}`,
    );
  }
  if (header.samplesPerPixel !== samplesPerPixel || (samplesPerPixel !== 1 && samplesPerPixel !== 3)) {
    throw damagedFrame(
      `its compressed data has ${header.samplesPerPixel} components, its description ${samplesPerPixel}`,
    );
  }
  if (header.precision > bitsAllocated || bitsAllocated % 8 !== 0) {
    throw damagedFrame(
      `its compressed data has samples of ${header.precision} bits, its description allocates ${bitsAllocated}`,
    );
  }
}
