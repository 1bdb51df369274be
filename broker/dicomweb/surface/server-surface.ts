import type { SurfaceRoute } from './surface-route.ts';

/** What each root of services says about itself, beside the answers to OPTIONS. */
export const rootSurface: readonly SurfaceRoute[] = [
  {
    service: 'root',
    path: '/openapi.json',
    operations: [
      {
        method: 'GET',
        id: 'RetrieveOpenApi',
        summary: 'Retrieves the OpenAPI document of this surface.',
        sends: ['application/json'],
        parameters: [],
        statuses: [200],
        head: true,
      },
    ],
  },
  {
    service: 'root',
    path: '/openapi',
    operations: [
      {
        method: 'GET',
        id: 'RetrieveSurfacePage',
        summary: 'Retrieves a page that lists this surface.',
        sends: ['text/html'],
        parameters: [],
        statuses: [200],
        head: true,
      },
    ],
  },
];

/** What the server says about itself, for load balancers and monitoring. */
export const serverSurface: readonly SurfaceRoute[] = [
  {
    service: 'server',
    path: '/health',
    operations: [
      {
        method: 'GET',
        id: 'RetrieveHealth',
        summary: 'Tells what works and what does not, each archive among it.',
        sends: ['application/json'],
        parameters: [],
        statuses: [200],
        head: true,
      },
    ],
  },
  {
    service: 'server',
    path: '/metrics',
    operations: [
      {
        method: 'GET',
        id: 'RetrieveMetrics',
        summary: 'Tells counts and durations in the form of Prometheus.',
        sends: ['text/plain'],
        parameters: [],
        statuses: [200],
        head: true,
      },
    ],
  },
];
