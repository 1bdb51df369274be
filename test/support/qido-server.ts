import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { qidoRouter, type QidoRouterOptions } from '../../broker/dicomweb/qido/qido-routes.ts';
import { surfaceGate } from '../../broker/dicomweb/surface/surface-routes.ts';
import { RootSurface } from '../../broker/dicomweb/surface/root-surface.ts';
import type { AnsweredQuery } from '../../broker/observe/metrics.ts';
import { recordedLog } from './query-archive.ts';

export interface QidoServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>/qido-rs` */
  readonly url: string;
  /** What the metrics were told. */
  readonly queries: AnsweredQuery[];
  /** Settles when so many queries have been told to the metrics. */
  untilQueries(count: number): Promise<void>;
}

export type QidoServerOptions = Pick<QidoRouterOptions, 'archive'> &
  Partial<Pick<QidoRouterOptions, 'defaultLimit' | 'maxRelatedQueries' | 'logger'>>;

/** QIDO-RS alone, on a free loopback port. */
export async function startQidoServer(options: QidoServerOptions): Promise<QidoServer> {
  const queries: AnsweredQuery[] = [];
  const app = express();
  const router = qidoRouter({
    defaultLimit: 1000,
    maxRelatedQueries: 200,
    qidoUrlBase: '/qido-rs',
    wadoUrlBase: '/wado-rs',
    logger: recordedLog().logger,
    metrics: { queryAnswered: (query) => queries.push(query) },
    ...options,
  });
  app.use(surfaceGate(new RootSurface({ qido: '/qido-rs', wado: '/wado-rs', stow: '/stow-rs' })));
  app.use('/qido-rs', router);
  const server = createServer({ maxHeaderSize: 64 * 1024 }, app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/qido-rs`,
    queries,
    async untilQueries(count) {
      const limit = Date.now() + 10_000;
      while (queries.length < count) {
        if (Date.now() > limit)
          throw new Error(`Only ${queries.length} queries of ${count} ended within 10 s.`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
