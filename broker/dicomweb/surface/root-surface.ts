import type { ServiceBases } from '../../config/archive-mounts.ts';
import { type SurfaceRoute, methodsOf } from './surface-route.ts';
import { surface } from './surface.ts';

/** The resources below one root, those of the same path together. */
export class RootSurface {
  /** Paths below the root, with the bases of their services. */
  readonly routes: readonly SurfaceRoute[];
  readonly #patterns: readonly (readonly [pattern: RegExp, route: SurfaceRoute])[];

  constructor(bases: ServiceBases) {
    const baseOf = { ...bases, root: '', server: undefined };
    const byPath = new Map<string, SurfaceRoute>();
    for (const route of surface) {
      const base = baseOf[route.service];
      if (base === undefined) continue;
      const path = `${base}${route.path}`;
      const operations = [...(byPath.get(path)?.operations ?? []), ...route.operations];
      byPath.set(path, { ...route, path, operations });
    }
    this.routes = [...byPath.values()];
    this.#patterns = this.routes.map((route) => [patternOf(route.path), route]);
  }

  /** The resource at a path below the root. */
  at(path: string): SurfaceRoute | undefined {
    return this.#patterns.find(([pattern]) => pattern.test(path))?.[1];
  }

  /** The methods that the resource at a path takes; none where there is no resource. */
  methodsAt(path: string): readonly string[] {
    const route = this.at(path);
    return route === undefined ? [] : methodsOf(route);
  }

  /** The resource at a path and all below it; at a path above resources, which is the root or a base, those. */
  under(path: string): SurfaceRoute[] {
    const above = path.replace(/\/$/, '');
    const prefix = this.at(above)?.path ?? above;
    return this.routes.filter((route) => route.path === prefix || route.path.startsWith(`${prefix}/`));
  }
}

/** As Express matches: a parameter is a segment, a wildcard the rest; a slash at the end is passed over. */
function patternOf(path: string): RegExp {
  const pattern = path
    .split('/')
    .map((segment) => {
      if (segment.startsWith(':')) return '[^/]+';
      return segment.startsWith('*') ? '.+' : segment.replace(/[.~]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${pattern}/?$`);
}
