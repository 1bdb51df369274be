import type { ValueRange } from './voi-lut.ts';

/** The range of the values that it is told of. */
export class GrowingRange implements ValueRange {
  least = Infinity;
  most = -Infinity;

  /** Values that are not finite say nothing about the range. */
  take(value: number): void {
    if (!Number.isFinite(value)) return;
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
  }
}
