import { renderedTypes } from '../../dicom/rendering/rendition.ts';
import type { SurfaceRoute } from './surface-route.ts';

/** WADO-URI. */
export const uriSurface: readonly SurfaceRoute[] = [
  {
    service: 'uri',
    path: '/',
    operations: [
      {
        method: 'GET',
        id: 'RetrieveByURI',
        summary: 'Retrieves one object, rendered or as a DICOM file, by query parameters (PS3.18 section 9).',
        sends: [...renderedTypes, 'application/dicom'],
        parameters: [
          ...(['requestType', 'studyUID', 'seriesUID', 'objectUID', 'contentType', 'charset'] as const),
          ...(['transferSyntax', 'frameNumber', 'rows', 'columns', 'region', 'windowCenter'] as const),
          ...(['windowWidth', 'imageQuality', 'annotation', 'anonymize', 'presentationUID'] as const),
        ],
        statuses: [200, 304],
      },
    ],
  },
];
