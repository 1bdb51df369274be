const smallestCapacity = 1024;

/**
 * Bytes that come in pieces and are needed whole. Pieces are copied into one buffer that doubles as it
 * grows: a list of them would cost a hundred times their size where a peer sends one byte at a time.
 */
export class CollectedBytes {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(smallestCapacity, 2 * this.#buffer.length, length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    piece.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  /** All of it, `last` included, and begins anew. A piece that is the only one is given back as it is. */
  takeWith(last: Buffer): Buffer {
    if (this.#length === 0) return last;
    this.add(last);
    const whole = this.#buffer.subarray(0, this.#length);
    this.clear();
    return whole;
  }

  clear(): void {
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
  }
}
