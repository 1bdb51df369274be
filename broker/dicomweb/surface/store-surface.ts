import type { SurfaceRoute } from './surface-route.ts';

function store(path: string, id: string, summary: string): SurfaceRoute {
  return {
    service: 'stow',
    path,
    operations: [
      {
        method: 'POST',
        id,
        summary: `${summary} (PS3.18 section 10.5).`,
        takes: ['multipart/related; type="application/dicom"', 'application/dicom'],
        sends: ['application/dicom+json', 'application/json', 'application/dicom+xml'],
        parameters: ['accept', 'charset'],
        statuses: [200, 202, 409],
      },
    ],
  };
}

/** STOW-RS. */
export const storeSurface: readonly SurfaceRoute[] = [
  store('/studies', 'StoreInstances', 'Stores instances'),
  store('/studies/:study', 'StoreStudyInstances', 'Stores instances of one study'),
];
