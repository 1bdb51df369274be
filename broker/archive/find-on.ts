import { readDataSet } from '../dicom/data-set-reader.ts';
import { writeDataSet } from '../dicom/data-set-writer.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { chooseCharacterSet } from '../dicom/text-encoder.ts';
import type { Association } from '../dimse/association.ts';
import { findScu } from '../dimse/find-scu.ts';
import { studyRootFindSopClass } from '../domain/sop-class.ts';
import { encodingOf } from '../domain/transfer-syntax.ts';
import { textsOf } from './find-identifier.ts';

export interface FindOnOptions {
  /** Character sets to write texts with where they fit, in the form of the attribute's whole value. */
  readonly preferred: readonly string[];
  /** Silence between answers, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One answer to a C-FIND, as the archive gave it. */
export interface FoundAnswer {
  /** In Unicode. */
  readonly dataSet: DicomJson;
  /** The Specific Character Set that it came in. */
  readonly characterSet: readonly string[];
  /** What could not be read of it. */
  readonly problems: readonly string[];
  /** The archive admits that it left optional keys out of the matching (0xFF01). */
  readonly unsupportedKeys: boolean;
}

/** Sends one C-FIND on an association. Leaving the loop early sends C-CANCEL. @throws as findScu */
export async function* findOn(
  association: Association,
  identifier: DicomJson,
  { preferred, timeoutMs, signal }: FindOnOptions,
): AsyncGenerator<FoundAnswer, void, undefined> {
  const { transferSyntax } = association.requireContext(studyRootFindSopClass, 'C-FIND (Study Root)');
  const encoding = encodingOf(transferSyntax);
  const characterSet = chooseCharacterSet(textsOf(identifier), preferred);
  const request = { identifier: writeDataSet(identifier, encoding, characterSet), timeoutMs, signal };
  for await (const { identifier: bytes, unsupportedKeys } of findScu(association, request)) {
    yield { ...readDataSet(bytes, encoding), unsupportedKeys };
  }
}
