const maxLength = 2_000;

/** The end of what a process wrote, for the person who has to tell why it failed. */
export class LastLines {
  #text = '';

  /** Takes what came; the end of it is kept. */
  add(chunk: Buffer): void {
    this.#text = (this.#text + chunk.toString('utf8')).slice(-maxLength);
  }

  get text(): string {
    return this.#text.trim();
  }
}
