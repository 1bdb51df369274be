import type { Tag } from '../domain/tag.ts';

/** A person name's component groups (PS3.18 F.2.2, table F.2.3-1). */
export interface PersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

/** One value of a `Value` array; null stands for an empty value between others. */
export type JsonValue = string | number | PersonName | DicomJson | null;

/** One attribute of the DICOM JSON model (PS3.18 F.2.2). */
export interface JsonAttribute {
  readonly vr: string;
  readonly Value?: readonly JsonValue[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** A data set in the DICOM JSON model (PS3.18 annex F): attributes by tag, in ascending order. */
export type DicomJson = { [tag: Tag]: JsonAttribute };
