import { type RequestHandler, Router } from 'express';
import type { Config } from '../config/config.ts';
import type { ServiceBases } from './archive-mounts.ts';
import { qidoMethodNotAllowed, qidoRouter } from './qido-routes.ts';
import { framesRouter } from './frames-routes.ts';
import { metadataRouter } from './metadata-routes.ts';
import { renderedRouter } from './rendered-routes.ts';
import { thumbnailRouter } from './thumbnail-routes.ts';
import { type WadoRouterOptions, wadoRouter } from './wado-routes.ts';
import { wadoUriRouter } from './wado-uri-routes.ts';

/** The URI service has a path of its own under every root, whatever the others are called. */
const wadoUriBase = '/wado';

/** What the routers of one archive work with. */
export interface ArchiveServices extends WadoRouterOptions {
  readonly config: Config;
}

/** All services of one archive under one root. This is the one place where their routers are mounted. */
export function archiveRouter(services: ArchiveServices, bases: ServiceBases): Router {
  const { defaultLimit, maxRelatedQueries } = services.config.qido;
  const router = Router({ caseSensitive: true });
  const mount = (base: string, ...handlers: RequestHandler[]): void => {
    router.use(base === '' ? '/' : base, ...handlers);
  };
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
  mount(bases.wado, wadoRouter(services), metadataRouter(services), framesRouter(services));
  mount(bases.wado, renderedRouter(services), thumbnailRouter(services));
  mount(wadoUriBase, wadoUriRouter({ ...services, studies: `.${bases.wado}/studies/` }));
  mount(bases.qido, qidoMethodNotAllowed());
  return router;
}
