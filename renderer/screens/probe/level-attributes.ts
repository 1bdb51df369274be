import type { AttributeName, ProbeQuery } from '../../../broker/control/contract/probe.ts';

export type Level = ProbeQuery['level'];

/** An attribute of a query, as a column of its answers shows it. */
export interface QueriedAttribute extends AttributeName {
  /** Shorter than the name, for the head of a column. */
  readonly label?: string;
}

const attribute = (
  tag: string,
  vr: string,
  keyword: string,
  name: string,
  label?: string,
): QueriedAttribute => (label === undefined ? { tag, vr, keyword, name } : { tag, vr, keyword, name, label });

export const patientName = attribute('00100010', 'PN', 'PatientName', 'Patient’s Name', 'Patient');
export const studyDate = attribute('00080020', 'DA', 'StudyDate', 'Study Date', 'Date');
export const studyUid = attribute('0020000D', 'UI', 'StudyInstanceUID', 'Study Instance UID');
export const seriesUid = attribute('0020000E', 'UI', 'SeriesInstanceUID', 'Series Instance UID');
export const instanceUid = attribute('00080018', 'UI', 'SOPInstanceUID', 'SOP Instance UID');

/** What is asked for at each level unless the person changes it (PS3.4 section C.6.2.1), in the order of columns. */
const returned: Readonly<Record<Level, readonly QueriedAttribute[]>> = {
  study: [
    patientName,
    attribute('00100020', 'LO', 'PatientID', 'Patient ID'),
    studyDate,
    attribute('00081030', 'LO', 'StudyDescription', 'Study Description', 'Description'),
    attribute('00080061', 'CS', 'ModalitiesInStudy', 'Modalities in Study', 'Modality'),
    attribute(
      '00201208',
      'IS',
      'NumberOfStudyRelatedInstances',
      'Number of Study Related Instances',
      'Instances',
    ),
    attribute('00080050', 'SH', 'AccessionNumber', 'Accession Number', 'Accession'),
    studyUid,
  ],
  series: [
    attribute('00200011', 'IS', 'SeriesNumber', 'Series Number', 'Series'),
    attribute('00080060', 'CS', 'Modality', 'Modality'),
    attribute('0008103E', 'LO', 'SeriesDescription', 'Series Description', 'Description'),
    attribute(
      '00201209',
      'IS',
      'NumberOfSeriesRelatedInstances',
      'Number of Series Related Instances',
      'Instances',
    ),
    attribute('00180015', 'CS', 'BodyPartExamined', 'Body Part Examined', 'Body part'),
    seriesUid,
  ],
  instance: [
    attribute('00200013', 'IS', 'InstanceNumber', 'Instance Number', 'Instance'),
    attribute('00080016', 'UI', 'SOPClassUID', 'SOP Class UID'),
    attribute('00280010', 'US', 'Rows', 'Rows'),
    attribute('00280011', 'US', 'Columns', 'Columns'),
    attribute('00280008', 'IS', 'NumberOfFrames', 'Number of Frames', 'Frames'),
    instanceUid,
  ],
};

export function returnedAt(level: Level): readonly QueriedAttribute[] {
  return returned[level];
}

/** UIDs without which an archive that answers hierarchical queries only refuses a query at this level. */
export function uidsAbove(level: Level): readonly QueriedAttribute[] {
  if (level === 'study') return [];
  return level === 'series' ? [studyUid] : [studyUid, seriesUid];
}

/** The level under it; undefined under the last one. */
export function levelBelow(level: Level): Level | undefined {
  if (level === 'study') return 'series';
  return level === 'series' ? 'instance' : undefined;
}

export const pluralOf: Readonly<Record<Level, string>> = {
  study: 'studies',
  series: 'series',
  instance: 'instances',
};
