import { BrokerError } from '../../domain/errors.ts';

/** The three kinds of segments. */
const [discrete, linear, indirect] = [0, 1, 2];

/**
 * The entries that Segmented Palette Color Lookup Table Data stands for (PS3.3 section C.7.9.2).
 * @param data what it is made of: bytes or words
 * @param count entries to make; more are left out, so that a hostile table takes no more memory
 * @throws BrokerError `malformed-data-set` where it is not whole
 */
export function segmentedPalette(data: Uint8Array | Uint16Array, count: number): Uint16Array {
  return new Expansion(data, count).run();
}

class Expansion {
  readonly #data: Uint8Array | Uint16Array;
  readonly #entries: Uint16Array;
  #length = 0;

  constructor(data: Uint8Array | Uint16Array, count: number) {
    this.#data = data;
    this.#entries = new Uint16Array(count);
  }

  run(): Uint16Array {
    // An odd byte of 8-bit data is padding.
    for (let at = 0; at + 1 < this.#data.length && !this.#isFull;) at = this.#expand(at, false);
    if (this.#length < this.#entries.length) throw damaged('has fewer entries than its descriptor says');
    return this.#entries;
  }

  get #isFull(): boolean {
    return this.#length >= this.#entries.length;
  }

  /** Adds one segment; returns where the next one begins. */
  #expand(at: number, isCopy: boolean): number {
    const kind = this.#data[at];
    const length = this.#take(at + 1);
    if (kind === discrete) {
      for (let index = 0; index < length; index++) this.#put(this.#take(at + 2 + index));
      return at + 2 + length;
    }
    if (kind === linear) {
      this.#line(length, this.#take(at + 2));
      return at + 3;
    }
    if (kind !== indirect || isCopy)
      throw damaged(`has a segment of kind ${kind ?? 'none'} where none can be`);
    return this.#copy(at, length);
  }

  /** From the last entry, which is not repeated, to the last of the line. */
  #line(length: number, to: number): void {
    if (this.#length === 0) throw damaged('begins with a line that starts nowhere');
    const from = this.#entries[this.#length - 1]!;
    for (let step = 1; step <= length; step++) this.#put(Math.round(from + ((to - from) * step) / length));
  }

  /** Segments that stand elsewhere, in words from the start, are used again. */
  #copy(at: number, segments: number): number {
    const isWords = this.#data instanceof Uint16Array;
    const places = isWords ? [0, 1] : [0, 1, 2, 3];
    let from = 0;
    for (const place of places) from += this.#take(at + 2 + place) * 2 ** ((isWords ? 16 : 8) * place);
    for (let copied = 0; copied < segments && !this.#isFull; copied++) from = this.#expand(from, true);
    return at + 2 + places.length;
  }

  #put(entry: number): void {
    if (!this.#isFull) this.#entries[this.#length++] = entry;
  }

  #take(at: number): number {
    const value = this.#data[at];
    if (value === undefined) throw damaged('ends within a segment');
    return value;
  }
}

function damaged(why: string): BrokerError {
  return new BrokerError('malformed-data-set', `The segmented palette of the image ${why}.`);
}
