import type { Encoding } from '../domain/transfer-syntax.ts';
import { AttributeReader, type AttributeReadOptions } from './attribute-reader.ts';
import { type ByteWindow, memoryWindow } from './byte-window.ts';
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
  return readDataSetIn(memoryWindow(raw), { from: 0, end: raw.length, encoding }, options);
}

export interface DataSetPlace {
  /** The bytes of the window's source that are the data set: first, and behind the last. */
  readonly from: number;
  readonly end: number;
  /** It must not be deflated any more. */
  readonly encoding: Encoding;
}

/**
 * The same for a data set of which a window is in memory; offsets count from the window's source.
 * @throws BrokerError `malformed-data-set` as above, or over the cost limit; what the window throws
 */
export function readDataSetIn(
  window: ByteWindow,
  { from, end, encoding }: DataSetPlace,
  options: AttributeReadOptions,
): ReadDataSet {
  const declared: Layout = { explicitVr: encoding.explicitVr, bigEndian: encoding.bigEndian };
  const reader = new AttributeReader(window, options);
  window.load(from, 8);
  const layout = end - from >= 8 ? layoutOfFirstElement(window.view, from - window.base, declared) : declared;
  const characterSet = defaultCharacterSet;
  const root = { layout, characterSet, depth: 0, path: '', delimited: false, signed: false };
  const read = reader.readAttributes(from, end, root);
  return { dataSet: read.dataSet, characterSet: read.characterSet.terms, problems: reader.problems };
}
