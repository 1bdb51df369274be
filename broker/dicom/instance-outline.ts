import { cutText } from './cut-text.ts';
import type { DicomJson } from './dicom-json.ts';
import { personNameText } from './person-name-text.ts';

/** What lists show of an instance, and of the study and series that it belongs to; '' where it does not say. */
export interface InstanceOutline {
  /** Component groups with equals signs between them (PS3.5 section 6.2.1.2). */
  readonly patientName: string;
  readonly patientId: string;
  /** YYYYMMDD. */
  readonly studyDate: string;
  readonly studyDescription: string;
  readonly modality: string;
  readonly seriesNumber: string;
  readonly seriesDescription: string;
  readonly instanceNumber: string;
}

/** Characters of a value that are kept. VRs allow less; a peer may send more. */
const longest = 256;

/** The outline of a data set. Values are text of a peer: cut off, without control characters. */
export function outlineOf(dataSet: DicomJson): InstanceOutline {
  const text = (tag: string): string => firstText(dataSet, tag);
  return {
    patientName: text('00100010'),
    patientId: text('00100020'),
    studyDate: text('00080020'),
    studyDescription: text('00081030'),
    modality: text('00080060'),
    seriesNumber: text('00200011'),
    seriesDescription: text('0008103E'),
    instanceNumber: text('00200013'),
  };
}

function firstText(dataSet: DicomJson, tag: string): string {
  const value = dataSet[tag]?.Value?.[0] ?? null;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : personNameText(value);
  if (text === undefined) return '';
  return cutText(
    text
      .slice(0, 4 * longest)
      .replace(/\p{Cc}+/gu, ' ')
      .trim(),
    longest,
  );
}
