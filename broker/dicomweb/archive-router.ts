import { type RequestHandler, Router } from 'express';
import type { Spool } from '../cache/spool.ts';
import type { Config } from '../config/config.ts';
import { isAllowedOrigin } from '../config/allowed-origin.ts';
import type { ServiceBases } from '../config/archive-mounts.ts';
import { bulkdataRouter } from './bulkdata/bulkdata-routes.ts';
import { framesRouter } from './frames/frames-routes.ts';
import { metadataRouter } from './retrieve/metadata-routes.ts';
import { qidoRouter } from './qido/qido-routes.ts';
import { renderedRouter } from './rendered/rendered-routes.ts';
import { thumbnailRouter } from './rendered/thumbnail-routes.ts';
import { RootSurface } from './surface/root-surface.ts';
import { stowRouter } from './stow/stow-routes.ts';
import { surfaceGate, surfaceRouter } from './surface/surface-routes.ts';
import { type WadoRouterOptions, wadoRouter } from './retrieve/wado-routes.ts';
import { wadoUriRouter } from './rendered/wado-uri-routes.ts';

/** What the routers of one archive work with. */
export interface ArchiveServices extends WadoRouterOptions {
  readonly config: Config;
  /** Keeps what clients send, for all archives. */
  readonly spool: Spool;
}

/** All services of one archive under one root. This is the one place where their routers are mounted. */
export function archiveRouter(services: ArchiveServices, bases: ServiceBases): Router {
  const { defaultLimit, maxRelatedQueries } = services.config.qido;
  const router = Router({ caseSensitive: true });
  const surface = new RootSurface(bases);
  router.use(surfaceGate(surface), surfaceRouter(surface));
  const mount = (base: string, ...handlers: RequestHandler[]): void => {
    router.use(base === '' ? '/' : base, ...handlers);
  };
  // What viewers ask for by the hundred goes first: Express compares a path with one route after the other.
  for (const make of [framesRouter, thumbnailRouter, renderedRouter, metadataRouter, bulkdataRouter]) {
    mount(bases.wado, make(services));
  }
  mount(
    bases.qido,
    qidoRouter({
      ...services,
      defaultLimit,
      maxRelatedQueries,
      qidoUrlBase: bases.qido,
      wadoUrlBase: bases.wado,
    }),
  );
  // Before WADO-RS, which refuses POST on the same paths.
  mount(
    bases.stow,
    stowRouter({
      ...services,
      limits: services.config.stow,
      stowUrlBase: bases.stow,
      wadoUrlBase: bases.wado,
      allowsOrigin: isAllowedOrigin(services.config),
    }),
  );
  mount(bases.wado, wadoRouter(services));
  mount('', wadoUriRouter({ ...services, studies: `.${bases.wado}/studies/` }));
  return router;
}
