/**
 * A sequence that is read once from its source and can be read again from any place: what follows a
 * damaged file can be sent after the file was fetched again.
 */
export class Replay<T> {
  readonly #source: AsyncIterator<T> | Iterator<T>;
  readonly #read: T[] = [];
  #isDone = false;
  /** Reads are one after the other, whoever asks. */
  #reading: Promise<void> = Promise.resolve();

  constructor(source: AsyncIterable<T> | Iterable<T>) {
    this.#source =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** The item at a place, or undefined behind the end. @throws what the source throws */
  async at(index: number): Promise<T | undefined> {
    while (index >= this.#read.length && !this.#isDone) {
      this.#reading = this.#reading.then(() => this.#readUpTo(index));
      await this.#reading;
    }
    return this.#read[index];
  }

  /** Puts another item in the place of one that was read. */
  replace(index: number, item: T): void {
    if (index < this.#read.length) this.#read[index] = item;
  }

  async #readUpTo(index: number): Promise<void> {
    if (index < this.#read.length || this.#isDone) return;
    const result = await this.#source.next();
    if (result.done === true) this.#isDone = true;
    else this.#read.push(result.value);
  }
}
