import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../config/loopback.ts';
import { BrokerError } from '../domain/errors.ts';
import { StreamLimit } from './checks/stream-limit.ts';
import { controlApp } from './control-app.ts';
import type { ControlServices } from './control-services.ts';

export interface ControlServerOptions {
  readonly services: ControlServices;
  /** Address to listen on; one that is not loopback needs a token of some length. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** What clients have to show. */
  readonly token: string;
  /** Host names, without port, under which others reach it; not needed on loopback. */
  readonly allowedHosts: readonly string[];
  /** The built page; undefined where there is none. */
  readonly rendererDirectory: string | undefined;
}

export interface ControlAddress {
  readonly host: string;
  readonly port: number;
  /** Of the page, without the token: a browser opens `${url}#token=…`. */
  readonly url: string;
}

const minTokenLength = 16;
/** How long answers that are under way may go on when the listener stops. */
const stopGraceMs = 2_000;
const headersTimeoutMs = 10_000;
/** A whole request, its body of at most 1 MiB included. */
const requestTimeoutMs = 30_000;
const maxConnections = 256;

/** The listener of the control API and of the page, apart from that of DICOMweb. */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #streams = new StreamLimit();
  #server: Server | undefined;

  constructor(options: ControlServerOptions) {
    this.#options = options;
  }

  /** @throws BrokerError `configuration` where it cannot listen, or its token is too short */
  async start(): Promise<ControlAddress> {
    const { host, port, token } = this.#options;
    checkToken(host, token);
    const server = createServer(
      {
        noDelay: true,
        maxHeaderSize: 16 * 1024,
        headersTimeout: headersTimeoutMs,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: 1_000,
        keepAliveTimeout: 15_000,
      },
      controlApp({ ...this.#options, streams: this.#streams }),
    );
    server.maxConnections = maxConnections;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new BrokerError(
        'configuration',
        `The control API cannot listen on ${host}:${port} (control.host, control.port): ${why}.`,
        { cause: error },
      );
    }
    this.#server = server;
    const address = server.address() as AddressInfo;
    return { host, port: address.port, url: `http://${nameInUrl(host)}:${address.port}/` };
  }

  /** Ends event streams, lets other answers finish for a while, then closes all connections. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    this.#streams.end();
    server.closeIdleConnections();
    const timer = setTimeout(() => {
      server.closeAllConnections();
    }, stopGraceMs);
    try {
      await closed;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @throws BrokerError `configuration` */
function checkToken(host: string, token: string): void {
  if (token.length >= minTokenLength) return;
  throw new BrokerError(
    'configuration',
    `The token of the control API has ${token.length} characters; it must have at least ${minTokenLength}.`,
    {
      remedy: isLoopback(host)
        ? 'Set control.token to a longer one, or leave it empty: then each start makes one.'
        : 'Set control.token: others can reach control.host.',
    },
  );
}

/** The host as a browser on this machine calls it. */
function nameInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
