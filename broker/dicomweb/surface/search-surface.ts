import type { SurfaceRoute } from './surface-route.ts';

function search(path: string, id: string, what: string): SurfaceRoute {
  return {
    service: 'qido',
    path,
    operations: [
      {
        method: 'GET',
        id,
        summary: `Searches for ${what} (PS3.18 section 10.6).`,
        sends: [
          'application/dicom+json',
          'application/json',
          'multipart/related; type="application/dicom+xml"',
        ],
        parameters: [
          ...(['{attributeID}', 'includefield', 'fuzzymatching', 'emptyvaluematching'] as const),
          ...(['multiplevaluematching', 'limit', 'offset', 'accept', 'charset'] as const),
        ],
        statuses: [200, 204],
        head: true,
      },
    ],
  };
}

/** QIDO-RS: the resources that can be searched (PS3.18 table 10.6.1-1). */
export const searchSurface: readonly SurfaceRoute[] = [
  search('/studies', 'SearchForStudies', 'studies'),
  search('/studies/:study/series', 'SearchForStudySeries', 'series of a study'),
  search('/studies/:study/instances', 'SearchForStudyInstances', 'instances of a study'),
  search(
    '/studies/:study/series/:series/instances',
    'SearchForStudySeriesInstances',
    'instances of a series',
  ),
  search('/series', 'SearchForSeries', 'series of all studies'),
  search('/instances', 'SearchForInstances', 'instances of all studies'),
];
