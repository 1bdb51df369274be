import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BrokerError } from '../../domain/errors.ts';
import { startBodyDeadline } from '../stow/body-deadline.ts';

/** How long answers that are under way may go on when the listener stops. */
const stopGraceMs = 5_000;
/** A request line and its headers must be there after this; a body has its own limits. */
const headersTimeoutMs = 20_000;
/** A UID list of hundreds of UIDs fits a request line of this length. */
const maxHeaderBytes = 64 * 1024;

/** The HTTP server of the DICOMweb routes. */
export class HttpListener {
  readonly #server: Server;
  readonly #host: string;
  readonly #port: number;
  #handler: RequestListener;
  readonly #sockets = new Set<Socket>();
  /** Over connections that are closed. */
  #bytesSentBefore = 0;

  /** @param port 0 takes a free port */
  constructor(host: string, port: number, listener: RequestListener) {
    this.#host = host;
    this.#port = port;
    this.#handler = listener;
    this.#server = createServer(
      {
        noDelay: true,
        maxHeaderSize: maxHeaderBytes,
        headersTimeout: headersTimeoutMs,
        // A large upload goes on as long as bytes come: bodies have deadlines of their own.
        requestTimeout: 0,
        keepAliveTimeout: 15_000,
      },
      (request, response) => {
        startBodyDeadline(request);
        this.#handler(request, response);
      },
    );
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#bytesSentBefore += socket.bytesWritten;
      });
    });
    this.#server.maxRequestsPerSocket = 10_000;
    this.#server.maxConnections = 1_024;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Bytes that clients were sent since the start. Counted when it is asked for: answers cost nothing. */
  get bytesSent(): number {
    return [...this.#sockets].reduce((sum, socket) => sum + socket.bytesWritten, this.#bytesSentBefore);
  }

  /** What answers requests from now on; answers that have begun go on. */
  serve(listener: RequestListener): void {
    this.#handler = listener;
  }

  /** @throws BrokerError `configuration` where it cannot listen */
  async start(): Promise<AddressInfo> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen({ host: this.#host, port: this.#port }, () => {
          this.#server.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new BrokerError(
        'configuration',
        `DICOMweb cannot listen on ${this.#host}:${this.#port} (http.host, http.port): ${why}.`,
        { cause: error },
      );
    }
    return this.#server.address() as AddressInfo;
  }

  /** Takes no more requests, lets those under way finish for a while, then closes their connections. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => {
      this.#server.closeAllConnections();
    }, stopGraceMs);
    try {
      await closed;
    } finally {
      clearTimeout(timer);
    }
  }
}
