import { BrokerError } from '../domain/errors.ts';
import type { Tag } from '../domain/tag.ts';
import { isVr } from '../domain/vr.ts';
import type { DicomJson, JsonAttribute, JsonValue, PersonName } from './dicom-json.ts';

/** Sequences within sequences: what is deeper cannot be written as a data set either. */
const depthLimit = 64;

/**
 * Reads the data sets of a JSON document of metadata (PS3.18 annex F): an array of them, or one alone.
 * Nothing is taken over that is not of the model.
 * @throws BrokerError `bad-request`, naming the attribute, where it is malformed
 */
export function readDicomJson(text: string): DicomJson[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 120) : '';
    throw new BrokerError('bad-request', `The metadata is no JSON: ${why}.`, { cause });
  }
  const dataSets: readonly unknown[] = Array.isArray(document) ? document : [document];
  return dataSets.map((dataSet, index) => readDataSet(dataSet, `data set ${index + 1}`, 0));
}

function readDataSet(value: unknown, where: string, depth: number): DicomJson {
  if (!isRecord(value)) throw malformed(where, 'is no object');
  if (depth > depthLimit) throw malformed(where, `is more than ${depthLimit} sequences deep`);
  const dataSet: Record<Tag, JsonAttribute> = {};
  for (const [name, attribute] of Object.entries(value)) {
    if (!/^[0-9A-Fa-f]{8}$/.test(name)) throw malformed(where, `has ${shown(name)}, which is no tag`);
    dataSet[name.toUpperCase()] = readAttribute(attribute, `${where}, ${name.toUpperCase()}`, depth);
  }
  return dataSet;
}

function readAttribute(value: unknown, where: string, depth: number): JsonAttribute {
  if (!isRecord(value)) throw malformed(where, 'is no object');
  const { vr, Value: values, InlineBinary: inline, BulkDataURI: uri } = value;
  if (typeof vr !== 'string' || !isVr(vr)) throw malformed(where, `has no valid vr`);
  const given = [values, inline, uri].filter((one) => one !== undefined);
  if (given.length > 1) throw malformed(where, 'has more than one of Value, InlineBinary and BulkDataURI');
  if (inline !== undefined) {
    if (typeof inline !== 'string') throw malformed(where, 'has InlineBinary that is no text');
    return { vr, InlineBinary: inline };
  }
  if (uri !== undefined) {
    if (typeof uri !== 'string' || uri === '') throw malformed(where, 'has a BulkDataURI that is no text');
    return { vr, BulkDataURI: uri };
  }
  if (values === undefined) return { vr };
  if (!Array.isArray(values)) throw malformed(where, 'has a Value that is no array');
  return { vr, Value: values.map((one: unknown, index) => readValue(one, vr, `${where}[${index}]`, depth)) };
}

function readValue(value: unknown, vr: string, where: string, depth: number): JsonValue {
  if (vr === 'SQ') return readDataSet(value ?? {}, where, depth + 1);
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (vr === 'PN' && isRecord(value)) return readName(value, where);
  throw malformed(where, 'is neither text nor a number');
}

function readName(value: Record<string, unknown>, where: string): PersonName {
  const name: Record<string, string> = {};
  for (const group of ['Alphabetic', 'Ideographic', 'Phonetic']) {
    const text = value[group];
    if (text === undefined || text === null) continue;
    if (typeof text !== 'string') throw malformed(where, `has a component group ${group} that is no text`);
    name[group] = text;
  }
  return name;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(where: string, what: string): BrokerError {
  return new BrokerError('bad-request', `The metadata is malformed: ${where} ${what}.`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
