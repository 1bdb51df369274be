import { undefinedLength } from '../../../broker/dicom/element-handler.ts';
import type {
  ElementHandler,
  ElementStart,
  ItemStart,
  Layout,
} from '../../../broker/dicom/element-handler.ts';
import { ElementScanner } from '../../../broker/dicom/element-scanner.ts';
import type { ScanEnd } from '../../../broker/dicom/element-scanner.ts';
import { vrByTagNumber } from '../../../broker/dicom/vr-by-tag-number.ts';

export interface RecordedScan {
  /** One line per event, values in full as hexadecimal digits. */
  readonly events: readonly string[];
  readonly end: ScanEnd;
}

/** Writes down what a scanner reports, in a form that does not depend on where the chunks are cut. */
export class Recorder implements ElementHandler {
  readonly events: string[] = [];
  #value: Buffer[] = [];

  element(element: ElementStart): boolean {
    this.#note('element', element);
    return true;
  }

  value(bytes: Uint8Array): void {
    this.#value.push(Buffer.from(bytes));
  }

  valueEnd(): void {
    this.events.push(`value ${Buffer.concat(this.#value).toString('hex')}`);
    this.#value = [];
  }

  sequenceStart(element: ElementStart): boolean {
    this.#note('sequence', element);
    return true;
  }

  itemStart({ offset, length }: ItemStart): void {
    this.events.push(`item ${lengthName(length)} @${offset}`);
  }

  itemEnd(): void {
    this.events.push('item end');
  }

  sequenceEnd(): void {
    this.events.push('sequence end');
  }

  pixelDataStart(element: ElementStart): void {
    this.#note('pixel data', element);
  }

  fragment({ offset, length }: ItemStart): boolean {
    this.events.push(`fragment ${length} @${offset}`);
    return true;
  }

  pixelDataEnd(): void {
    this.events.push('pixel data end');
  }

  #note(what: string, { tag, vr, length, offset, valueOffset, depth }: ElementStart): void {
    const digits = tag.toString(16).padStart(8, '0');
    this.events.push(
      `${what} ${digits} ${vr ?? '-'} ${lengthName(length)} @${offset}+${valueOffset - offset} ^${depth}`,
    );
  }
}

function lengthName(length: number): string {
  return length === undefinedLength ? 'undefined' : String(length);
}

const standardVrs = vrByTagNumber();

/** Scans bytes that are cut after each of `cuts`, with the standard's dictionary. */
export function recordScan(bytes: Uint8Array, layout: Layout, cuts: readonly number[] = []): RecordedScan {
  const recorder = new Recorder();
  const scanner = new ElementScanner(layout, recorder, standardVrs);
  for (const chunk of cutAt(bytes, cuts)) scanner.push(chunk);
  return { events: recorder.events, end: scanner.end() };
}

/** The bytes in pieces: cut at those places, in any order and also more than once. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}
