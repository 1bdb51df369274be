import type { ViewerSettings } from '../contract/viewers.ts';
import type { ServiceUrls } from './service-urls.ts';

/** A study that is not there, in examples that need one. */
const someStudy = 'STUDY_INSTANCE_UID';

/** The settings of the usual viewers and tools for these archives, ready to copy. */
export function readySettings(archives: readonly ServiceUrls[]): ViewerSettings[] {
  return [ohif, cornerstone, javascriptClient, pythonClient, weasis, slicer, curl].map((make) =>
    make(archives),
  );
}

type Maker = (archives: readonly ServiceUrls[]) => ViewerSettings;

/** Names and URLs are of the settings, where neither can hold a quote; this holds if they ever can. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const ohif: Maker = (archives) => ({
  name: 'OHIF 3',
  explanation:
    'Goes into app-config.js of the viewer, in the list dataSources. Open a study of it at /viewer/dcmrs-NAME?StudyInstanceUIDs=….',
  language: 'javascript',
  text: `dataSources: [\n${archives.map(ohifSource).join('')}],\ndefaultDataSourceName: ${quoted(ohifName(archives[0]))},\n`,
});

const ohifName = (archive: ServiceUrls | undefined): string => `dcmrs-${archive?.archive ?? 'default'}`;

function ohifSource(archive: ServiceUrls): string {
  const { root, wadoUri } = archive;
  return `  {
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
    sourceName: ${quoted(ohifName(archive))},
    configuration: {
      friendlyName: ${quoted(`DCMRS Broker: ${archive.archive}`)},
      name: ${quoted(ohifName(archive))},
      qidoRoot: ${quoted(root)},
      wadoRoot: ${quoted(root)},
      wadoUriRoot: ${quoted(wadoUri)},
      qidoSupportsIncludeField: true,
      supportsFuzzyMatching: true,
      supportsWildcard: true,
      supportsReject: false,
      imageRendering: 'wadors',
      thumbnailRendering: 'wadors',
      enableStudyLazyLoad: true,
      singlepart: 'bulkdata,video,pdf',
      bulkDataURI: { enabled: true },
    },
  },
`;
}

const cornerstone: Maker = (archives) => ({
  name: 'Cornerstone3D',
  explanation:
    'Image identifiers for @cornerstonejs/dicom-image-loader. Give it the metadata of the series first (wadors.metaDataManager).',
  language: 'javascript',
  text: archives
    .map(
      ({ archive, root }) =>
        `// Archive ${archive}\nconst root = ${quoted(root)};\nconst imageId = \`wadors:\${root}/studies/\${study}/series/\${series}/instances/\${instance}/frames/1\`;\n`,
    )
    .join('\n'),
});

const javascriptClient: Maker = (archives) => ({
  name: 'dicomweb-client',
  explanation: 'For web pages and Node, with the npm package dicomweb-client.',
  language: 'javascript',
  text:
    `import { api } from 'dicomweb-client';\n\n` +
    archives
      .map(
        ({ archive, root }) =>
          `// Archive ${archive}\nconst client = new api.DICOMwebClient({ url: ${quoted(root)}, singlepart: 'all' });\nconst studies = await client.searchForStudies({ queryParams: { PatientName: 'DOE*' } });\n`,
      )
      .join('\n'),
});

const pythonClient: Maker = (archives) => ({
  name: 'Python',
  explanation: 'With the package dicomweb-client: pip install dicomweb-client.',
  language: 'text',
  text:
    'from dicomweb_client.api import DICOMwebClient\n\n' +
    archives
      .map(
        ({ archive, root }) =>
          `# Archive ${archive}\nclient = DICOMwebClient(url=${quoted(root)})\nstudies = client.search_for_studies(search_filters={'PatientName': 'DOE*'})\ninstances = client.retrieve_study(studies[0]['0020000D']['Value'][0])\n`,
      )
      .join('\n'),
});

const weasis: Maker = (archives) => ({
  name: 'Weasis',
  explanation: `Links that start Weasis with a study. Replace ${someStudy} with its Study Instance UID.`,
  language: 'text',
  text: archives
    .map(({ archive, root }) => {
      const command = `$dicom:rs --url "${root}" -r "studyUID=${someStudy}"`;
      return `Archive ${archive}\n${command}\nweasis://${encodeURIComponent(command)}\n`;
    })
    .join('\n'),
});

const slicer: Maker = (archives) => ({
  name: '3D Slicer',
  explanation: `Goes into the Python console of 3D Slicer. Replace ${someStudy} with the Study Instance UID.`,
  language: 'text',
  text:
    `slicer.util.selectModule('DICOM')\nfrom DICOMLib import DICOMUtils\n\n` +
    archives
      .map(
        ({ archive, root }) =>
          `# Archive ${archive}\nseries = DICOMUtils.importFromDICOMWeb(dicomWebEndpoint=${quoted(root)}, studyInstanceUID='${someStudy}')\nDICOMUtils.loadSeriesByUID(series)\n`,
      )
      .join('\n'),
});

const curl: Maker = (archives) => ({
  name: 'curl',
  explanation: `To try it in a terminal. Replace ${someStudy} with a Study Instance UID of the first answer.`,
  language: 'text',
  text: archives
    .map(
      ({ archive, root }) =>
        `# Archive ${archive}: the last studies, the metadata of one, all of it as a ZIP archive
curl -H 'Accept: application/dicom+json' '${root}/studies?limit=10'
curl -H 'Accept: application/dicom+json' '${root}/studies/${someStudy}/metadata'
curl -H 'Accept: application/zip' -o study.zip '${root}/studies/${someStudy}'
`,
    )
    .join('\n'),
});
