import type { SurfaceRoute } from './surface-route.ts';

/** The three levels of resources: path, name in PS3.18 table H-1, and in a sentence. */
const levels = [
  ['/studies/:study', 'Study', 'a study'],
  ['/studies/:study/series/:series', 'Series', 'a series'],
  ['/studies/:study/series/:series/instances/:instance', 'Instance', 'an instance'],
] as const;

const instances: readonly SurfaceRoute[] = levels.map(([path, name, what]) => ({
  service: 'wado',
  path,
  operations: [
    {
      method: 'GET',
      id: `Retrieve${name}`,
      summary: `Retrieves ${what} as DICOM files (PS3.18 section 10.4).`,
      sends: [
        'multipart/related; type="application/dicom"',
        ...(name === 'Instance' ? ['application/dicom'] : []),
      ],
      parameters: ['accept', 'charset'],
      statuses: [200, 206],
    },
  ],
}));

const metadata: readonly SurfaceRoute[] = levels.map(([path, name, what]) => ({
  service: 'wado',
  path: `${path}/metadata`,
  operations: [
    {
      method: 'GET',
      id: `Retrieve${name}Metadata`,
      summary: `Retrieves the metadata of ${what}: all attributes without bulk data (PS3.18 section 10.4).`,
      sends: [
        'application/dicom+json',
        'application/json',
        'multipart/related; type="application/dicom+xml"',
      ],
      parameters: ['accept', 'charset'],
      statuses: [200, 206, 304],
    },
  ],
}));

/** WADO-RS. */
export const retrieveSurface: readonly SurfaceRoute[] = [...instances, ...metadata];
