import { Router } from 'express';
import type { HealthBoard } from '../../observe/health.ts';
import type { Metrics } from '../../observe/metrics.ts';

/** Health and metrics, for load balancers and monitoring. */
export function statusRouter(health: HealthBoard, metrics: Metrics): Router {
  const router = Router({ caseSensitive: true });
  router.get('/health', (_request, response) => {
    const summary = health.summary();
    response.status(summary.state === 'not-working' ? 503 : 200);
    response.setHeader('Cache-Control', 'no-store');
    response.json(summary);
  });
  router.get('/metrics', async (_request, response) => {
    response.setHeader('Content-Type', metrics.contentType);
    response.end(await metrics.text());
  });
  return router;
}
