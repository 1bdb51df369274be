import type { RequestListener } from 'node:http';
import type { Config } from '../config/config.ts';
import { HttpListener } from '../dicomweb/http/http-listener.ts';

type Address = Pick<Config['http'], 'host' | 'port'>;

/** A move to another address, which counts once it is completed. */
export interface Move {
  /** Lets go of the old address; answers that are under way there may go on for a while. */
  complete(): Promise<void>;
  /** Goes back to the old address. */
  undo(): Promise<void>;
}

/** Where DICOMweb is served: one listener, which can move, and what answers behind it, which can change. */
export class DicomwebEndpoint {
  #listener: HttpListener | undefined;
  #asked: Address = { host: '', port: 0 };
  #port = 0;
  #handler: RequestListener = (_request, response) => {
    response.writeHead(503).end();
  };

  get isListening(): boolean {
    return this.#listener !== undefined;
  }

  /** Where it listens. */
  get address(): Address {
    return { host: this.#asked.host, port: this.#port };
  }

  get connections(): number {
    return this.#listener?.connections ?? 0;
  }

  /** Bytes that clients were sent by the listener that serves now. */
  get bytesSent(): number {
    return this.#listener?.bytesSent ?? 0;
  }

  /** What answers requests from now on. */
  serve(handler: RequestListener): void {
    this.#handler = handler;
    this.#listener?.serve(handler);
  }

  /** @throws BrokerError `configuration` where it cannot listen */
  async start({ host, port }: Address): Promise<void> {
    const listener = new HttpListener(host, port, this.#handler);
    const bound = await listener.start();
    this.#listener = listener;
    this.#asked = { host, port };
    this.#port = bound.port;
  }

  /**
   * Listens at another address. On another port both are served until the move is completed; on the same one
   * the old listener has to go first.
   * @throws BrokerError `configuration` where it cannot listen there; it goes on as before then
   */
  async move(to: Address): Promise<Move> {
    const from = this.address;
    const old = this.#listener;
    const isBeside = to.port !== from.port;
    if (!isBeside) await this.stop();
    try {
      await this.start(to);
    } catch (error) {
      if (!isBeside) await this.start(from);
      throw error;
    }
    return {
      complete: async () => {
        if (isBeside) await old?.stop();
      },
      undo: async () => {
        await this.stop();
        if (!isBeside) {
          await this.start(from);
          return;
        }
        this.#listener = old;
        this.#asked = from;
        this.#port = from.port;
      },
    };
  }

  async stop(): Promise<void> {
    await this.#listener?.stop();
    this.#listener = undefined;
  }
}
