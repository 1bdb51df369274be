import { BrokerError } from '../../domain/errors.ts';
import { encodingOf } from '../../domain/transfer-syntax.ts';
import type { DicomJson } from '../dicom-json.ts';
import { describeInstance } from '../describe-instance.ts';
import type { InstanceDescription } from '../instance-description.ts';
import { textOf } from './attribute-values.ts';
import { encapsulatedDocument } from './encapsulated-document.ts';
import { iconPicture } from './icon-picture.ts';
import { renderImage } from './render-image.ts';
import { type Rendition, type RenditionJob, pictureTypes, reportTypes } from './rendition.ts';
import { reportHtml } from './report-html.ts';
import { reportText } from './report-text.ts';
import { isStructuredReport, structuredReport } from './structured-report.ts';
import { videoType } from './video-type.ts';

/** Palettes, overlays and documents are read with the attributes up to this size. */
const inlineLimit = 8 * 1024 * 1024;
/** In a deflated data set, where a document cannot be sent from its place. */
const deflatedInlineLimit = 64 * 1024 * 1024;

/** What an instance can be rendered to, and how. */
interface Renderer {
  readonly offers: readonly string[];
  readonly render: (mediaType: string) => Rendition | Promise<Rendition>;
}

/**
 * Renders an instance, or a frame of it. For worker threads: it reads synchronously, and trusts nothing
 * that it reads.
 * @throws BrokerError `not-acceptable` where it cannot be rendered, or to nothing that the client takes;
 *   `not-found` for a frame that it does not have; `bad-request` for a region outside of the image;
 *   `malformed-data-set`, `too-large`, `cache-damaged`
 */
export async function renderInstance(job: RenditionJob): Promise<Rendition> {
  const { deflated } = encodingOf(job.file.transferSyntaxUid);
  const description = describeInstance(job.file, {
    inlineLimit: deflated ? deflatedInlineLimit : inlineLimit,
  });
  const renderer = rendererOf(description, job);
  const mediaType = job.mediaTypes.find((type) => renderer.offers.includes(type));
  if (mediaType !== undefined) return renderer.render(mediaType);
  const isPicture = renderer.offers.some((type) => type.startsWith('image/'));
  if (job.icon === true && !isPicture) return icon(description.dataSet, job);
  throw new BrokerError(
    'not-acceptable',
    `${subject(description.dataSet)} can be rendered to ${renderer.offers.join(', ')}, none of which the request accepts.`,
  );
}

function rendererOf(description: InstanceDescription, job: RenditionJob): Renderer {
  const { dataSet, pixelData } = description;
  const document = encapsulatedDocument(description);
  if (document !== undefined) return { offers: [document.mediaType], render: () => document };
  if (isStructuredReport(dataSet)) return reportRenderer(dataSet, job);
  const video = videoType(job.file.transferSyntaxUid);
  if (video !== undefined && pixelData?.kind === 'encapsulated') {
    return { offers: [video], render: () => ({ mediaType: video, places: pixelData.fragments }) };
  }
  if (pixelData !== undefined) {
    const render = (mediaType: string): Promise<Rendition> =>
      renderImage({ description, job, mediaType: mediaType as (typeof pictureTypes)[number] });
    return { offers: pictureTypes, render };
  }
  if (job.icon === true) return { offers: pictureTypes, render: () => icon(dataSet, job) };
  throw new BrokerError(
    'not-acceptable',
    `${subject(dataSet)} has nothing that can be rendered. It can be had as application/dicom, its attributes as application/dicom+json.`,
  );
}

function reportRenderer(dataSet: DicomJson, { studies }: RenditionJob): Renderer {
  return {
    offers: reportTypes,
    render: (mediaType) => {
      const report = structuredReport(dataSet, studies);
      const text = mediaType === 'text/html' ? reportHtml(report) : reportText(report);
      return { mediaType, bytes: Buffer.from(text) };
    },
  };
}

async function icon(dataSet: DicomJson, { mediaTypes, picture }: RenditionJob): Promise<Rendition> {
  const mediaType = pictureTypes.find((type) => mediaTypes.includes(type)) ?? pictureTypes[0];
  return { mediaType, bytes: await iconPicture(textOf(dataSet, '00080060'), { ...picture, mediaType }) };
}

/** What kind of instance it is, in the words of an error text. */
function subject(dataSet: DicomJson): string {
  const modality = textOf(dataSet, '00080060');
  return /^[A-Z0-9_]{1,16}$/.test(modality) ? `This instance (${modality})` : 'This instance';
}
