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
        id: 'RetrieveObject',
        summary:
          'Retrieves one instance that query parameters name, as it is or rendered (PS3.18 section 9).',
        sends: [...renderedTypes, 'application/dicom'],
        parameters: [
          ...(['requestType', 'studyUID', 'seriesUID', 'objectUID', 'contentType', 'charset'] as const),
          ...(['transferSyntax', 'frameNumber', 'windowCenter', 'windowWidth', 'rows', 'columns'] as const),
          ...(['region', 'imageQuality', 'annotation', 'anonymize', 'presentationUID'] as const),
          'presentationSeriesUID',
        ],
        statuses: [200, 304],
      },
    ],
  },
];
