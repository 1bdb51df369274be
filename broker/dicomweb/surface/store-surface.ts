import type { SurfaceRoute } from './surface-route.ts';

function store(path: string, id: string, what: string): SurfaceRoute {
  return {
    service: 'stow',
    path,
    operations: [
      {
        method: 'POST',
        id,
        summary: `Stores instances ${what} in the archive (PS3.18 section 10.5).`,
        takes: [
          'multipart/related; type="application/dicom"',
          'application/dicom',
          'multipart/related; type="application/dicom+json"',
          'multipart/related; type="application/dicom+xml"',
        ],
        sends: ['application/dicom+json', 'application/json', 'application/dicom+xml'],
        parameters: ['accept', 'charset'],
        statuses: [200, 202, 409],
      },
    ],
  };
}

/** STOW-RS: the resources to which instances can be sent. */
export const storeSurface: readonly SurfaceRoute[] = [
  store('/studies', 'StoreInstances', 'of any study'),
  store('/studies/:study', 'StoreStudyInstances', 'of that study'),
];
