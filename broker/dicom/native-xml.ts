import { keywordOf } from '../domain/dictionary.ts';
import { isPrivateTag, type Tag } from '../domain/tag.ts';
import type { DicomJson, JsonAttribute, JsonValue, PersonName } from './dicom-json.ts';

const namespace = 'http://dicom.nema.org/PS3.19/models/NativeDICOM';

const componentGroups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
const nameComponents = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;

/** A data set as a document of the Native DICOM Model (PS3.19 annex A.1), in UTF-8 once encoded. */
export function nativeXml(dataSet: DicomJson): string {
  const attributes = attributesXml(dataSet);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xml:space="preserve" xmlns="${namespace}">${attributes}</NativeDicomModel>`;
}

function attributesXml(dataSet: DicomJson): string {
  let xml = '';
  for (const tag of Object.keys(dataSet).sort()) xml += attributeXml(tag, dataSet[tag]!, dataSet);
  return xml;
}

function attributeXml(tag: Tag, attribute: JsonAttribute, dataSet: DicomJson): string {
  const creator = privateCreator(tag, dataSet);
  // A private attribute is named by its creator and element within the block, not by where the block lies.
  const shown = creator === undefined ? tag : `${tag.slice(0, 4)}00${tag.slice(6)}`;
  const keyword = keywordOf(tag);
  let start = `<DicomAttribute tag="${escaped(shown)}" vr="${escaped(attribute.vr)}"`;
  if (keyword !== undefined) start += ` keyword="${keyword}"`;
  if (creator !== undefined) start += ` privateCreator="${escaped(creator)}"`;
  return `${start}>${contentXml(attribute)}</DicomAttribute>`;
}

/** The creator that reserved the block of a private attribute (PS3.5 section 7.8.1), where one did. */
function privateCreator(tag: Tag, dataSet: DicomJson): string | undefined {
  if (!isPrivateTag(tag) || /^....00/.test(tag)) return undefined;
  const creator = dataSet[`${tag.slice(0, 4)}00${tag.slice(4, 6)}`]?.Value?.[0];
  return typeof creator === 'string' ? creator : undefined;
}

function contentXml(attribute: JsonAttribute): string {
  if (attribute.InlineBinary !== undefined)
    return `<InlineBinary>${escaped(attribute.InlineBinary)}</InlineBinary>`;
  if (attribute.BulkDataURI !== undefined) return `<BulkData uri="${escaped(attribute.BulkDataURI)}"/>`;
  let xml = '';
  attribute.Value?.forEach((value, index) => (xml += valueXml(value, attribute.vr, index + 1)));
  return xml;
}

/** One value; an empty one has no element, so that the number of the next tells its place. */
function valueXml(value: JsonValue, vr: string, number: number): string {
  if (vr === 'SQ')
    return `<Item number="${number}">${value === null ? '' : attributesXml(value as DicomJson)}</Item>`;
  if (value === null) return '';
  if (typeof value !== 'object') return `<Value number="${number}">${escaped(String(value))}</Value>`;
  return `<PersonName number="${number}">${nameXml(value)}</PersonName>`;
}

function nameXml(name: PersonName): string {
  let xml = '';
  for (const group of componentGroups) {
    const text = name[group];
    if (text === undefined) continue;
    const components = text.split('^');
    const inner = nameComponents.map((component, index) => {
      const part = components[index] ?? '';
      return part === '' ? '' : `<${component}>${escaped(part)}</${component}>`;
    });
    xml += `<${group}>${inner.join('')}</${group}>`;
  }
  return xml;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // As characters, a parser would make a carriage return a line feed and, in attributes, all three a space.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text for content and attributes; what XML 1.0 cannot hold even escaped becomes U+FFFD (its section 2.2). */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]/g, '\uFFFD') // eslint-disable-line no-control-regex
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character]!);
}
