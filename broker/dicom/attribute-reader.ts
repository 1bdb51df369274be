import { dictionaryEntry, labelOf } from '../domain/dictionary.ts';
import { BrokerError } from '../domain/errors.ts';
import { trimPadding } from '../domain/padding.ts';
import type { Tag } from '../domain/tag.ts';
import type { BulkValue } from './bulk-value.ts';
import type { ByteWindow } from './byte-window.ts';
import { characterSetOf, type CharacterSet } from './character-set.ts';
import type { DicomJson, JsonAttribute } from './dicom-json.ts';
import { undefinedLength, type Layout } from './element-handler.ts';
import { readFragments } from './read-fragments.ts';
import { keyOf } from './tag-key.ts';
import { numberSize, readValue } from './value-reader.ts';
import { vrByTagNumber } from './vr-by-tag-number.ts';
import { WindowedHeader } from './windowed-header.ts';

export interface AttributeReadOptions {
  /** Values of more bytes are offered to `bulk`, as pixel data always is; none by default. */
  readonly inlineLimit?: number;
  /** The BulkDataURI that stands for a value, or undefined where it is to be inline. */
  readonly bulk?: (value: BulkValue) => string | undefined;
  /** What may be read: bytes of values that are not bulk, and 128 for each element or item; no limit by default. */
  readonly costLimit?: number;
}

const itemTag = 0xfffee000;
const itemDelimiter = 0xfffee00d;
const sequenceDelimiter = 0xfffee0dd;
const delimiterGroup = 0xfffe;
const specificCharacterSet = 0x00080005;
const pixelRepresentation = '00280103';
/** Float Pixel Data, Double Float Pixel Data, Pixel Data. */
const pixelData: ReadonlySet<number> = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);
const depthLimit = 64;
const problemLimit = 20;
const costOfHeader = 128;
const longestCharacterSet = 1024;
/** How a sequence of VR UN is written, whatever the data set around it (PS3.5 section 6.2.2). */
const unknownSequenceLayout: Layout = { explicitVr: false, bigEndian: false };

const vrOfTagNumber = vrByTagNumber();

/** What an item takes over from the data set that it is in. */
export interface Surroundings {
  readonly layout: Layout;
  readonly characterSet: CharacterSet;
  readonly depth: number;
  /** Empty, or the path of the item and a slash. */
  readonly path: string;
  /** True for an item of undefined length. */
  readonly delimited: boolean;
  /** True where the data set around says that its pixels are signed. */
  readonly signed: boolean;
}

export interface ReadAttributes {
  readonly dataSet: DicomJson;
  readonly characterSet: CharacterSet;
  /** Where the next byte is to be read. */
  readonly next: number;
}

/** One element whose header has been read. */
interface Element {
  readonly tag: number;
  readonly key: Tag;
  readonly vr: string;
  /** First byte of the value field. */
  readonly start: number;
  /** The length field. */
  readonly length: number;
}

/** Reads the attributes of one data set, items included (PS3.5 section 7). Bulk values are not looked at. */
export class AttributeReader {
  readonly problems: string[] = [];
  readonly #window: ByteWindow;
  readonly #options: AttributeReadOptions;
  readonly #header: WindowedHeader;
  #costLeft: number;

  constructor(window: ByteWindow, options: AttributeReadOptions) {
    this.#window = window;
    this.#options = options;
    this.#header = new WindowedHeader(window, unknownSequenceLayout);
    this.#costLeft = options.costLimit ?? Infinity;
  }

  /** Reads elements from `from` to `end`, or to the item's delimiter where it has one. */
  readAttributes(from: number, end: number, around: Surroundings): ReadAttributes {
    const header = this.#header;
    const dataSet: DicomJson = {};
    let within = around;
    let at = from;
    while (at < end) {
      header.layout = within.layout;
      if (!header.readAt(at, end)) {
        this.#report(`The last ${end - at} bytes at byte ${at} are no whole element.`);
        at = end;
        break;
      }
      this.#spend(costOfHeader);
      const start = at + header.size;
      if (header.tag >>> 16 === delimiterGroup) {
        if (within.delimited) {
          if (header.tag === itemDelimiter) at = start;
          else this.#report(`The item before byte ${at} has no delimiter.`);
          return { dataSet, characterSet: within.characterSet, next: at };
        }
        this.#report(`A delimiter at byte ${at} belongs to no item.`);
        at = start;
        continue;
      }
      const element = this.#element(start, dataSet, within);
      if (element.tag === specificCharacterSet) within = this.#withCharacterSet(element, end, within);
      at = this.#readElement(element, end, within, dataSet);
    }
    if (within.delimited) this.#report('The last item has no delimiter.');
    return { dataSet, characterSet: within.characterSet, next: at };
  }

  /** The element of the header just read, with the VR that its value is to be read as. */
  #element(start: number, dataSet: DicomJson, within: Surroundings): Element {
    const { tag, length, vr } = this.#header;
    const key = keyOf(tag);
    const isOpen = vr === undefined || vr === 'UN';
    return { tag, key, vr: isOpen ? this.#usualVr(vr, key, dataSet, within) : vr, start, length };
  }

  /**
   * The dictionary's VR for an element that is written without one. UN is given by software that did
   * not know the attribute: its value is Little Endian (PS3.5 section 6.2.2) and can be read by whoever does.
   */
  #usualVr(written: 'UN' | undefined, key: Tag, dataSet: DicomJson, within: Surroundings): string {
    if (written === 'UN' && within.layout.bigEndian) return 'UN';
    const vr = vrOfTagNumber(this.#header.tag);
    if (vr === undefined) return this.#header.length === undefinedLength ? 'SQ' : 'UN';
    if (vr !== 'US' || dictionaryEntry(key)?.signedAsPixels !== true) return vr;
    return hasSignedPixels(dataSet, within) ? 'SS' : 'US';
  }

  #withCharacterSet(element: Element, end: number, within: Surroundings): Surroundings {
    if (element.start + element.length > end) return within;
    const start = this.#load(element.start, Math.min(element.length, longestCharacterSet));
    const text = this.#window.buffer.toString('latin1', start, start + element.length);
    const values = text.split('\\', 16).map(trimPadding);
    const characterSet = characterSetOf(values.every((value) => value === '') ? [] : values);
    for (const unknown of characterSet.unknown) {
      this.#report(`Specific Character Set ${JSON.stringify(unknown.slice(0, 40))} is unknown.`);
    }
    return { ...within, characterSet };
  }

  /** Puts the attribute into `dataSet` and returns where the next element begins. */
  #readElement(element: Element, end: number, within: Surroundings, dataSet: DicomJson): number {
    const { tag, key, vr, start, length } = element;
    if (length === undefinedLength && (vr[0] === 'O' || pixelData.has(tag))) {
      return this.#readPixelItems(element, end, within, dataSet);
    }
    if (vr === 'SQ' || length === undefinedLength) {
      const wasUnknown = this.#header.vr === 'UN' || (this.#header.vr !== undefined && vr !== 'SQ');
      const layout = wasUnknown ? unknownSequenceLayout : within.layout;
      return this.#readSequence(element, end, { ...within, layout }, dataSet);
    }
    if (start + length > end) {
      this.#report(`${labelOf(key)} announces ${length} bytes, but only ${end - start} follow.`);
      const rest = this.#bulk(element, { length: end - start }, within);
      if (rest !== undefined) dataSet[key] = rest;
      return end;
    }
    if ((tag & 0xffff) === 0) return start + length;
    if (tag === specificCharacterSet) {
      const isNamed = within.characterSet.terms.length > 0 || within.characterSet.unknown.length > 0;
      dataSet[key] = isNamed ? { vr, Value: ['ISO_IR 192'] } : { vr };
      return start + length;
    }
    const size = numberSize(vr);
    if (length % size !== 0) {
      this.#report(`${labelOf(key)} has ${length} bytes: no multiple of the ${size} that each ${vr} takes.`);
    }
    dataSet[key] = this.#bulk(element, { length }, within) ?? this.#inline(element, within);
    return start + length;
  }

  #inline({ vr, start, length }: Element, within: Surroundings): JsonAttribute {
    this.#spend(length);
    const at = this.#load(start, length);
    return readValue(this.#window.buffer, { vr, start: at, end: at + length }, within);
  }

  /** Reads a sequence (PS3.5 section 7.5); returns where the next element begins. */
  #readSequence(element: Element, end: number, within: Surroundings, dataSet: DicomJson): number {
    const { key, start, length } = element;
    if (within.depth >= depthLimit) {
      throw new BrokerError(
        'malformed-data-set',
        `${labelOf(key)} nests sequences more than ${depthLimit} deep, which no data set of the standard does.`,
      );
    }
    const isDelimited = length === undefinedLength;
    if (!isDelimited && start + length > end) {
      this.#report(`${labelOf(key)} announces ${length} bytes, but only ${end - start} follow.`);
    }
    const limit = isDelimited ? end : Math.min(end, start + length);
    const signed = hasSignedPixels(dataSet, within);
    const items: DicomJson[] = [];
    const next = this.#readItems(element, limit, { ...within, signed }, items);
    dataSet[key] = items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
    return isDelimited ? next : limit;
  }

  /** Adds the items up to `limit`, or to the sequence's delimiter, to `items`; returns what is behind them. */
  #readItems(element: Element, limit: number, within: Surroundings, items: DicomJson[]): number {
    const header = this.#header;
    const isDelimited = element.length === undefinedLength;
    let at = element.start;
    while (at < limit) {
      header.layout = within.layout;
      const isRead = header.readAt(at, limit);
      if (isRead && isDelimited && header.tag === sequenceDelimiter) return at + header.size;
      if (!isRead || header.tag !== itemTag) {
        this.#report(`${labelOf(element.key)} has something else than an item at byte ${at}.`);
        // Where only the delimiter was forgotten, the attributes behind the sequence are still good.
        return isRead ? at : limit;
      }
      const path = `${within.path}${element.key}/${items.length + 1}/`;
      const item = this.#readItem(at + header.size, limit, { ...within, depth: within.depth + 1, path });
      items.push(item.dataSet);
      at = item.next;
    }
    if (isDelimited) this.#report(`${labelOf(element.key)} has no sequence delimiter.`);
    return limit;
  }

  /** Reads the item whose header has just been read and whose first element is at `start`. */
  #readItem(start: number, limit: number, within: Surroundings): ReadAttributes {
    const { length } = this.#header;
    if (length === undefinedLength) return this.readAttributes(start, limit, { ...within, delimited: true });
    if (start + length > limit) this.#report(`The item before byte ${start} is longer than its sequence.`);
    const end = Math.min(limit, start + length);
    return { ...this.readAttributes(start, end, { ...within, delimited: false }), next: end };
  }

  /**
   * Passes over encapsulated pixel data (PS3.5 annex A.4), which has no inline form in DICOM JSON:
   * only a URI can stand for it. Returns where the next element begins.
   */
  #readPixelItems(element: Element, end: number, within: Surroundings, dataSet: DicomJson): number {
    const { key, start } = element;
    const read = readFragments(this.#header, { start, end }, () => {
      this.#spend(costOfHeader);
    });
    if (!read.isDelimited) this.#report(`The fragments of ${labelOf(key)} end without a sequence delimiter.`);
    // Whatever was written, or the dictionary says of native pixel data: PS3.5 annex A.4 has OB only.
    const fragments = { ...element, vr: 'OB' };
    const { items } = read;
    const bulk =
      items.length > 0 || read.isDelimited
        ? this.#bulk(fragments, { length: read.itemsEnd - start, items }, within)
        : undefined;
    if (bulk !== undefined || read.isDelimited) dataSet[key] = bulk ?? { vr: 'OB' };
    return read.next;
  }

  #bulk(
    { tag, key, vr, start }: Element,
    place: Pick<BulkValue, 'length' | 'items'>,
    within: Surroundings,
  ): JsonAttribute | undefined {
    const { bulk, inlineLimit = Infinity } = this.#options;
    if (bulk === undefined || (place.length <= inlineLimit && !pixelData.has(tag))) return undefined;
    const { bigEndian } = within.layout;
    const uri = bulk({ path: within.path + key, vr, offset: start, bigEndian, ...place });
    return uri === undefined ? undefined : { vr, BulkDataURI: uri };
  }

  /** Has bytes in memory. @returns where they begin in the window's buffer */
  #load(from: number, length: number): number {
    this.#window.load(from, length);
    return from - this.#window.base;
  }

  #spend(cost: number): void {
    this.#costLeft -= cost;
    if (this.#costLeft >= 0) return;
    const limit = this.#options.costLimit;
    const message = `The data set has more than ${limit} bytes of attributes, bulk data not counted, which is more than is read.`;
    throw new BrokerError('malformed-data-set', message);
  }

  #report(problem: string): void {
    if (this.problems.length < problemLimit) this.problems.push(problem);
  }
}

/** True where the pixels that an ambiguous `US or SS` value is about are signed (PS3.5 annex A.1). */
function hasSignedPixels(dataSet: DicomJson, within: Surroundings): boolean {
  const own = dataSet[pixelRepresentation]?.Value?.[0];
  return own === undefined ? within.signed : own === 1;
}
