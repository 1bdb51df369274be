import { keywordOf } from '../domain/dictionary.ts';
import type { Tag } from '../domain/tag.ts';
import type { BulkValue } from './bulk-value.ts';
import { cutText } from './cut-text.ts';
import type { DicomJson, JsonAttribute, JsonValue } from './dicom-json.ts';
import { bulkUriMarker } from './instance-description.ts';
import { personNameText } from './person-name-text.ts';

/** One attribute, or one item of a sequence, as it is shown to people. */
export interface AttributeLine {
  /** How many sequences it is in. */
  readonly depth: number;
  readonly tag: Tag;
  /** '' for an item. */
  readonly vr: string;
  /** '' where PS3.6 has none: private attributes. */
  readonly keyword: string;
  readonly value: string;
}

export interface AttributeLines {
  readonly lines: readonly AttributeLine[];
  /** True where there is more than the lines say. */
  readonly isCut: boolean;
}

const mostLines = 20_000;
const deepest = 32;
const longestValue = 256;
const itemTag: Tag = 'FFFEE000';

/**
 * Lays a data set out in lines, as far as people read: up to 20,000 lines, 32 sequences deep, 256 characters
 * of a value. @param bulk where the values are that stand in the JSON as URIs, for their size
 */
export function attributeLines(dataSet: DicomJson, bulk: readonly BulkValue[]): AttributeLines {
  const layout = new AttributeLayout(new Map(bulk.map((value) => [value.path, value])));
  layout.add(dataSet, 0);
  return layout;
}

class AttributeLayout implements AttributeLines {
  readonly lines: AttributeLine[] = [];
  isCut = false;
  readonly #bulk: ReadonlyMap<string, BulkValue>;

  constructor(bulk: ReadonlyMap<string, BulkValue>) {
    this.#bulk = bulk;
  }

  add(dataSet: DicomJson, depth: number): void {
    for (const [tag, attribute] of Object.entries(dataSet)) {
      const items = attribute.vr === 'SQ' ? (attribute.Value ?? []) : undefined;
      const value = items === undefined ? this.#valueOf(attribute) : countOf(items.length, 'item');
      const keyword = keywordOf(tag) ?? '';
      if (!this.#push({ depth, tag, vr: attribute.vr, keyword, value })) return;
      if (items !== undefined) this.#addItems(items, depth + 1);
    }
  }

  #addItems(items: readonly JsonValue[], depth: number): void {
    if (depth > deepest) {
      this.isCut = true;
      return;
    }
    for (const [index, item] of items.entries()) {
      const value = `${index + 1} of ${items.length}`;
      if (!this.#push({ depth, tag: itemTag, vr: '', keyword: 'Item', value })) return;
      if (item !== null && typeof item === 'object') this.add(item as DicomJson, depth);
    }
  }

  /** False where there is no room for more. */
  #push(line: AttributeLine): boolean {
    if (this.lines.length >= mostLines) {
      this.isCut = true;
      return false;
    }
    this.lines.push(line);
    return true;
  }

  #valueOf({ Value, InlineBinary, BulkDataURI }: JsonAttribute): string {
    if (BulkDataURI !== undefined) return this.#bulkText(BulkDataURI);
    if (InlineBinary !== undefined) return binaryText(InlineBinary);
    let text = '';
    for (const [index, value] of (Value ?? []).entries()) {
      text += (index === 0 ? '' : '\\') + textOf(value);
      if (text.length > longestValue) break;
    }
    return cutText(text, longestValue);
  }

  #bulkText(uri: string): string {
    const place = uri.startsWith(bulkUriMarker) ? this.#bulk.get(uri.slice(bulkUriMarker.length)) : undefined;
    if (place === undefined) return 'a large value';
    // The first item of pixel data is a table of offsets.
    const fragments = place.items?.slice(1);
    if (fragments === undefined) return sizeText(place.length);
    const length = fragments.reduce((sum, fragment) => sum + fragment.length, 0);
    return `${sizeText(length)} in ${countOf(fragments.length, 'fragment')}`;
  }
}

function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return personNameText(value) ?? '';
}

/** Octets in hexadecimal digits; of a longer value the first ones and its size. */
function binaryText(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const shown = 64;
  const digits = [...bytes.subarray(0, shown)].map((byte) =>
    byte.toString(16).padStart(2, '0').toUpperCase(),
  );
  const rest = bytes.length > shown ? ` … (${sizeText(bytes.length)})` : '';
  return digits.join(' ') + rest;
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return countOf(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1] ?? ''}`;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
