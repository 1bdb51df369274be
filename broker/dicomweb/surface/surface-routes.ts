import { type Request, type RequestHandler, type Response, Router } from 'express';
import { BrokerError } from '../../domain/errors.ts';
import { chooseOffer, parseAccept } from '../http/accept.ts';
import { sendProblem } from '../http/problem.ts';
import { serviceUrl } from '../http/service-url.ts';
import { capabilitiesJson, capabilitiesWadl } from './capabilities.ts';
import { openApiDocument } from './openapi.ts';
import type { RootSurface } from './root-surface.ts';
import { pagePolicy, surfacePage } from './surface-page.ts';
import type { SurfaceRoute } from './surface-route.ts';

const wadl = { type: 'application/vnd.sun.wadl+xml' };
const json = { type: 'application/json' };

/**
 * Stands before the services of a root: refuses methods that a resource does not take, naming those that
 * it takes whichever service offers them, and answers OPTIONS with capabilities (PS3.18 section 8.9).
 */
export function surfaceGate(root: RootSurface): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    const methods = root.methodsAt(path);
    if (method === 'OPTIONS') {
      const routes = root.under(path);
      if (routes.length === 0) next();
      else sendCapabilities(request, response, { methods, routes });
    } else if (methods.length === 0 || methods.includes(method)) next();
    else {
      const allowed = methods.join(', ');
      response.setHeader('Allow', allowed);
      const error = new BrokerError('not-supported', `${method} is not offered here; ${allowed} are.`);
      sendProblem(response, error, request.headers.accept);
    }
  };
}

/** @param capabilities the methods of the resource itself, and it with all below it */
function sendCapabilities(
  request: Request,
  response: Response,
  { methods, routes }: { methods: readonly string[]; routes: readonly SurfaceRoute[] },
): void {
  response.setHeader('Allow', methods.length > 0 ? methods.join(', ') : 'OPTIONS');
  response.vary('Accept');
  const offer = chooseOffer(parseAccept(request.headers.accept), [wadl, json]);
  if (offer === undefined) {
    response.status(204).end();
    return;
  }
  const base = serviceUrl(request);
  response.setHeader('Content-Type', offer === wadl ? `${wadl.type}; charset=utf-8` : json.type);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.end(offer === wadl ? capabilitiesWadl(base, routes) : capabilitiesJson(base, routes));
}

/** The OpenAPI document of a root, and a page that lists the same. */
export function surfaceRouter(root: RootSurface): Router {
  const router = Router({ caseSensitive: true });
  router.get('/openapi.json', (request, response) => {
    response.setHeader('Content-Type', json.type);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.end(`${JSON.stringify(openApiDocument(serviceUrl(request), root.routes), undefined, 1)}\n`);
  });
  router.get('/openapi', (request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', pagePolicy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.end(surfacePage(serviceUrl(request), root.routes));
  });
  return router;
}
