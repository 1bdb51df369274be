import type { Socket } from 'node:net';

/**
 * Whether a socket is read from; TCP's window slows the peer where it is not. There are two reasons not
 * to read: whoever takes the messages has too many of them, or the peer does not take its answers.
 */
export class ReadFlow {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #isPaused = false;
  #isChoked = false;

  /** @param timeoutMs of the socket's timer */
  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
  }

  /** True where silence is of our own making. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // The timer may have run out meanwhile; by itself it would start again only with new data.
    this.#socket.setTimeout(this.#timeoutMs);
    this.#read();
  }

  /** Stops reading until the peer has taken all that it was sent. */
  choke(): void {
    if (this.#isChoked) return;
    this.#isChoked = true;
    this.#socket.pause();
    this.#socket.once('drain', () => {
      this.#isChoked = false;
      this.#read();
    });
  }

  /** Reads on to see the end of the connection, whoever wanted a pause. */
  discard(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  #read(): void {
    if (!this.#isPaused && !this.#isChoked) this.#socket.resume();
  }
}
