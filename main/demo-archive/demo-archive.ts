import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import dimse from 'dcmjs-dimse';
import { Catalogue } from './catalogue.ts';
import { DemoScp } from './demo-scp.ts';
import { demoStudies } from './demo-studies.ts';
import type { Destination } from './send-instances.ts';

export interface DemoArchiveOptions {
  readonly aeTitle: string;
  /** TCP port on loopback; 0 takes a free one. */
  readonly port: number;
  /** Where a C-MOVE may send to. */
  readonly destinations: readonly Destination[];
  /** Stops the archive. */
  readonly signal?: AbortSignal;
}

export interface DemoArchive {
  readonly aeTitle: string;
  readonly port: number;
  /** Breaks every association and frees the port. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts a small archive with generated studies (a CT series, an ultrasound loop, a compressed MR
 * series, and a radiograph of a patient with a Japanese name), for first steps without a PACS.
 * It listens on 127.0.0.1 only and holds everything in memory.
 * @throws Error where the port cannot be bound
 */
export async function startDemoArchive(options: DemoArchiveOptions): Promise<DemoArchive> {
  const { aeTitle, destinations } = options;
  dimse.log.setLevel('silent');
  const instances = demoStudies();
  const stopping = new AbortController();
  const archive = {
    aeTitle,
    destinations,
    catalogue: new Catalogue(instances),
    held: new Map(instances.map(({ sopClass, transferSyntax }) => [sopClass, transferSyntax])),
    signal: stopping.signal,
  };
  const sockets = new Set<Socket>();
  // The library's own server cannot be bound to one address, nor set no-delay.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    new DemoScp(socket, archive).on('networkError', () => socket.end());
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const closed = once(server, 'close');
  const stop = async (): Promise<void> => {
    stopping.abort();
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });
  return { aeTitle, port: (server.address() as AddressInfo).port, stop };
}
