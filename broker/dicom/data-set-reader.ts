import type { Encoding } from '../domain/transfer-syntax.ts';
import { AttributeReader, type AttributeReadOptions } from './attribute-reader.ts';
import { defaultCharacterSet } from './character-set.ts';
import type { DicomJson } from './dicom-json.ts';
import type { Layout } from './element-handler.ts';
import { layoutOfFirstElement } from './element-header.ts';
import { inflateDataSet } from './inflate-data-set.ts';

export interface DataSetReadOptions extends AttributeReadOptions {
  /** Bytes that a deflated data set may inflate to; 64 MiB by default. */
  readonly inflatedLimit?: number;
}

export interface ReadDataSet {
  /** Group lengths left out, text as Unicode: a character set that was named has become ISO_IR 192. */
  readonly dataSet: DicomJson;
  /** The Specific Character Set (0008,0005) that the data set was written in. */
  readonly characterSet: readonly string[];
  /** What could not be read, in plain words, at most 20; empty for a sound data set. */
  readonly problems: readonly string[];
}

/**
 * Reads a data set that is in memory into the DICOM JSON model (PS3.18 annex F). What is damaged is
 * left out and listed in `problems`; what can be read is there.
 * @throws BrokerError `malformed-data-set` where sequences nest more than 64 deep, or where a
 *   deflated data set cannot be inflated within its limit
 */
export function readDataSet(
  bytes: Uint8Array,
  encoding: Encoding,
  options: DataSetReadOptions = {},
): ReadDataSet {
  const raw = encoding.deflated ? inflateDataSet(bytes, options.inflatedLimit) : bytes;
  const declared: Layout = { explicitVr: encoding.explicitVr, bigEndian: encoding.bigEndian };
  const reader = new AttributeReader(raw, options);
  const layout = raw.length >= 8 ? layoutOfFirstElement(reader.view, 0, declared) : declared;
  const characterSet = defaultCharacterSet;
  const root = { layout, characterSet, depth: 0, path: '', delimited: false, signed: false };
  const read = reader.readAttributes(0, raw.length, root);
  return { dataSet: read.dataSet, characterSet: read.characterSet.terms, problems: reader.problems };
}
