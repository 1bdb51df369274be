import { retrieveSurface } from './retrieve-surface.ts';
import { searchSurface } from './search-surface.ts';
import { rootSurface, serverSurface } from './server-surface.ts';
import { storeSurface } from './store-surface.ts';
import type { SurfaceRoute } from './surface-route.ts';
import { uriSurface } from './uri-surface.ts';

/**
 * Every resource that the gateway serves, once. Methods that are refused, the answers to OPTIONS, the
 * OpenAPI document, its page and the tables of the conformance statement derive from it.
 */
export const surface: readonly SurfaceRoute[] = [
  ...searchSurface,
  ...retrieveSurface,
  ...storeSurface,
  ...uriSurface,
  ...rootSurface,
  ...serverSurface,
];
