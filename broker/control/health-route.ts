import type { RequestHandler } from 'express';
import type { GatewayLifecycle } from './control-services.ts';

/**
 * Whether the gateway works, for whoever watches over a container: without a token, and so without reasons.
 * Also where the settings keep DICOMweb, which has a health report of its own, from being served.
 */
export function healthRoute(lifecycle: Pick<GatewayLifecycle, 'phase' | 'parts'>): RequestHandler {
  return (_request, response) => {
    const { phase, parts } = lifecycle;
    const state = phase === 'running' ? (parts?.health.summary().state ?? 'not-working') : 'not-working';
    response
      .status(state === 'not-working' ? 503 : 200)
      .setHeader('Cache-Control', 'no-store')
      .json({ state, phase });
  };
}
