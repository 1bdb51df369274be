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

const imageTypes = ['image/jpeg', 'image/jls', 'image/jp2', 'image/jphc', 'image/dicom-rle'];
const octets = 'application/octet-stream';

const frames: SurfaceRoute = {
  service: 'wado',
  path: `${levels[2][0]}/frames/:frames`,
  operations: [
    {
      method: 'GET',
      id: 'RetrieveFrames',
      summary:
        'Retrieves frames by their numbers, with commas between them, as stored or converted (PS3.18 section 10.4).',
      sends: [
        ...[octets, ...imageTypes].map((type) => `multipart/related; type="${type}"`),
        octets,
        ...imageTypes,
      ],
      parameters: ['accept', 'charset'],
      statuses: [200],
    },
  ],
};

/** WADO-RS. */
export const retrieveSurface: readonly SurfaceRoute[] = [...instances, ...metadata, frames];
