import { pictureTypes, renderedTypes } from '../../dicom/rendering/rendition.ts';
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
        'application/zip',
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

const bulkTypes = [
  `multipart/related; type="${octets}"`,
  'multipart/related; type="{media type of the value}"',
];

const bulkdata: readonly SurfaceRoute[] = [
  {
    service: 'wado',
    path: `${levels[2][0]}/bulkdata/*path`,
    operations: [
      {
        method: 'GET',
        id: 'RetrieveBulkdata',
        summary: 'Retrieves the value of a BulkDataURI, whole or a range of it (PS3.18 section 10.4).',
        sends: [...bulkTypes, octets, '{media type of the value}'],
        parameters: ['accept', 'charset'],
        statuses: [200, 206, 304],
      },
    ],
  },
  ...levels.map(([path, name, what]): SurfaceRoute => ({
    service: 'wado',
    path: `${path}/bulkdata`,
    operations: [
      {
        method: 'GET',
        id: `Retrieve${name}Bulkdata`,
        summary: `Retrieves all bulk data of ${what} (PS3.18 section 10.4).`,
        sends: bulkTypes.slice(0, 1),
        parameters: ['accept', 'charset'],
        statuses: [200, 206],
      },
    ],
  })),
];

/** The levels that can be pictures: frames too. */
const pictured = [...levels, [`${levels[2][0]}/frames/:frames`, 'Frames', 'frames'] as const];

const rendered: readonly SurfaceRoute[] = pictured.map(([path, name, what]) => ({
  service: 'wado',
  path: `${path}/rendered`,
  operations: [
    {
      method: 'GET',
      id: `RetrieveRendered${name}`,
      summary: `Retrieves ${what} as people see it: picture, page, PDF or video (PS3.18 section 10.4).`,
      sends: [...renderedTypes, ...renderedTypes.map((type) => `multipart/related; type="${type}"`)],
      parameters: ['window', 'viewport', 'quality', 'annotation', 'iccprofile', 'accept', 'charset'],
      statuses: [200, 304],
    },
  ],
}));

const thumbnails: readonly SurfaceRoute[] = pictured.map(([path, name, what]) => ({
  service: 'wado',
  path: `${path}/thumbnail`,
  operations: [
    {
      method: 'GET',
      id: `Retrieve${name}Thumbnail`,
      summary: `Retrieves a small picture of ${what} (PS3.18 section 10.4).`,
      sends: [...pictureTypes],
      parameters: ['viewport', 'accept', 'charset'],
      statuses: [200, 304],
    },
  ],
}));

/** WADO-RS. */
export const retrieveSurface: readonly SurfaceRoute[] = [
  ...instances,
  ...metadata,
  frames,
  ...bulkdata,
  ...rendered,
  ...thumbnails,
];
