import { dictionaryEntry, keywords, tagOfKeyword } from '../domain/dictionary.ts';

/** Groups of patient, clinical trial, requested study and visit attributes (PS3.6 chapter 6): all of them. */
const personGroups: ReadonlySet<string> = new Set(['0010', '0012', '0032', '0038']);

/**
 * Keywords of other groups that name or describe a person: what the Basic Application Level
 * Confidentiality Profile removes (PS3.15 table E.1-1) and what occurs in queries and their answers.
 * Attributes of VR PN need not be listed.
 */
const furtherKeywords = [
  'AccessionNumber',
  'AdmittingDiagnosesDescription',
  'FillerOrderNumberImagingServiceRequest',
  'ImageComments',
  'InstitutionAddress',
  'InstitutionalDepartmentName',
  'InstitutionName',
  'IssuerOfAccessionNumberSequence',
  'PerformedProcedureStepDescription',
  'PerformedProcedureStepID',
  'PlacerOrderNumberImagingServiceRequest',
  'ProtocolName',
  'ReferencedPatientSequence',
  'ReferringPhysicianAddress',
  'ReferringPhysicianIdentificationSequence',
  'ReferringPhysicianTelephoneNumbers',
  'RequestAttributesSequence',
  'RequestedProcedureID',
  'ScheduledProcedureStepDescription',
  'ScheduledProcedureStepID',
  'SeriesDescription',
  'StudyDate',
  'StudyDescription',
  'StudyID',
  'StudyTime',
];

/** Attributes besides UIDs that say nothing about a person and help to understand a log. */
const harmlessKeywords = [
  'SpecificCharacterSet',
  'QueryRetrieveLevel',
  'RetrieveAETitle',
  'InstanceAvailability',
  'Modality',
  'ModalitiesInStudy',
  'RetrieveURL',
  'TimezoneOffsetFromUTC',
  'SeriesNumber',
  'InstanceNumber',
  'NumberOfPatientRelatedStudies',
  'NumberOfStudyRelatedSeries',
  'NumberOfStudyRelatedInstances',
  'NumberOfSeriesRelatedInstances',
  'NumberOfFrames',
  'Rows',
  'Columns',
  'BitsAllocated',
  'PhotometricInterpretation',
];

/** What carries the right to ask, whatever stands before or behind it in the name. */
const credentialForm = /authorization|cookie|password|passwd|passphrase|secret|token|apikey|credential/;

/** Lower case without separators, so that `patientName`, `PatientName` and `patient_name` are one name. */
function normalise(name: string): string {
  return name.toLowerCase().replace(/[\s_(),-]/g, '');
}

interface KnownNames {
  readonly sensitiveKeywords: ReadonlySet<string>;
  readonly harmlessTags: ReadonlySet<string>;
}

let known: KnownNames | undefined;

/** Sorts the dictionary's attributes; put off to the first log entry, since the dictionary loads slowly. */
function sortNames(): KnownNames {
  const sensitiveKeywords = new Set(['patient', ...furtherKeywords.map(normalise)]);
  const harmlessTags = new Set<string>();
  const harmless = new Set(harmlessKeywords);
  for (const keyword of keywords()) {
    const tag = tagOfKeyword(keyword) ?? '';
    const vr = dictionaryEntry(tag)?.vr;
    if (vr === 'UI' || harmless.has(keyword)) harmlessTags.add(normalise(tag));
    else if (vr === 'PN' || personGroups.has(tag.slice(0, 4))) sensitiveKeywords.add(normalise(keyword));
  }
  return { sensitiveKeywords, harmlessTags };
}

/** True where the value under `name` gives whoever has it the right to ask. */
export function isCredentialName(name: string): boolean {
  return credentialForm.test(normalise(name));
}

/**
 * True where the value under `name` may name or describe a person, or be a credential.
 * `name` is a keyword in any case and with any separators, a tag (`00100010`, `(0010,0010)`), the name of
 * a header, or a dotted path of those. Of tags only those known to be harmless and those of the command
 * set (group 0000) pass; of other names all pass that are not known to be sensitive.
 */
export function isSensitiveName(name: string): boolean {
  known ??= sortNames();
  const { sensitiveKeywords, harmlessTags } = known;
  return name.split('.').some((part) => {
    const plain = normalise(part);
    if (/^[0-9a-f]{8}$/.test(plain)) return !plain.startsWith('0000') && !harmlessTags.has(plain);
    return sensitiveKeywords.has(plain) || credentialForm.test(plain);
  });
}
