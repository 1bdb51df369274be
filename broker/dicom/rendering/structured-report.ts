import type { DicomJson } from '../dicom-json.ts';
import { itemsOf, numbersOf, textOf, textsOf } from './attribute-values.ts';
import { evidenceLinks } from './evidence-links.ts';
import { readableDate, readableDateTime, readableName, readableTime } from './readable-values.ts';
import { reportParticulars } from './report-particulars.ts';
import type { Report, ReportEntry } from './report.ts';

const contentSequence = '0040A730';
/** More than a person reads; beyond it a document is there to cost memory. */
const entryLimit = 20_000;
const depthLimit = 40;
/** Of a graphic: its points fill no page. */
const longestGraphic = 32;

/** True of Structured Reports, Key Object Selections, and whatever else is a tree of content items. */
export function isStructuredReport(dataSet: DicomJson): boolean {
  return dataSet[contentSequence]?.vr === 'SQ' || textOf(dataSet, '0040A040') === 'CONTAINER';
}

/**
 * A Structured Report as people read it: the whole content tree (PS3.3 section C.17.3).
 * @param studies path from the page to the studies, with a slash at its end; undefined for no links
 */
export function structuredReport(dataSet: DicomJson, studies: string | undefined): Report {
  const reader = new ContentReader(dataSet, studies);
  const content = reader.read(dataSet, 0);
  return {
    title: codeMeaning(dataSet, '0040A043') || 'Report',
    particulars: reportParticulars(dataSet),
    content,
    leftOut: reader.leftOut,
  };
}

class ContentReader {
  leftOut = 0;
  readonly #links: ReadonlyMap<string, string>;
  readonly #studies: string | undefined;
  #count = 0;

  constructor(dataSet: DicomJson, studies: string | undefined) {
    this.#links = studies === undefined ? new Map() : evidenceLinks(dataSet);
    this.#studies = studies;
  }

  read(parent: DicomJson, depth: number): ReportEntry[] {
    const entries: ReportEntry[] = [];
    for (const item of itemsOf(parent, contentSequence)) {
      this.#count += 1;
      if (this.#count > entryLimit || depth >= depthLimit) this.leftOut += 1;
      else entries.push(this.#entry(item, depth));
    }
    return entries;
  }

  #entry(item: DicomJson, depth: number): ReportEntry {
    const type = textOf(item, '0040A040');
    const instance = textOf(itemsOf(item, '00081199')[0] ?? {}, '00081155');
    const path = this.#links.get(instance);
    return {
      label: codeMeaning(item, '0040A043') || (type === 'CONTAINER' ? 'Section' : labelOf(type)),
      value: valueOf(item, type),
      link: path === undefined ? undefined : `${this.#studies ?? ''}${path}/rendered`,
      isSection: type === 'CONTAINER',
      children: this.read(item, depth + 1),
    };
  }
}

/** What stands where an item has no concept name: images of a Key Object Selection, say. */
function labelOf(type: string): string {
  const labels: Readonly<Record<string, string>> = {
    IMAGE: 'Image',
    WAVEFORM: 'Waveform',
    COMPOSITE: 'Object',
    SCOORD: 'Region',
    SCOORD3D: 'Region',
    TCOORD: 'Time',
  };
  return labels[type] ?? '';
}

function valueOf(item: DicomJson, type: string): string {
  switch (type) {
    case 'CONTAINER':
      return '';
    case 'TEXT':
      return textOf(item, '0040A160');
    case 'NUM':
      return measuredValue(item);
    case 'CODE':
      return codeMeaning(item, '0040A168');
    case 'PNAME':
      return readableName(textOf(item, '0040A123'));
    case 'DATE':
      return readableDate(textOf(item, '0040A121'));
    case 'TIME':
      return readableTime(textOf(item, '0040A122'));
    case 'DATETIME':
      return readableDateTime(textOf(item, '0040A120'));
    case 'UIDREF':
      return textOf(item, '0040A124');
    case 'IMAGE':
    case 'WAVEFORM':
    case 'COMPOSITE':
      return itemsOf(item, '00081199').map(reference).join(', ');
    case 'SCOORD':
    case 'SCOORD3D':
      return graphic(item);
    case 'TCOORD':
      return textOf(item, '0040A130');
    default: {
      // An item that repeats another one by its place in the tree.
      const place = textsOf(item, '0040DB73').join('.');
      return place === '' ? type : `see item ${place}`;
    }
  }
}

/** Number and unit, else why there is none. */
function measuredValue(item: DicomJson): string {
  const measured = itemsOf(item, '0040A300')[0];
  const qualifier = codeMeaning(item, '0040A301');
  const number = measured === undefined ? '' : textsOf(measured, '0040A30A').join(' ');
  if (measured === undefined || number === '') return qualifier || 'no value';
  const unit = itemsOf(measured, '004008EA')[0];
  // UCUM writes "no units" as 1.
  const code = unit === undefined ? '' : textOf(unit, '00080100');
  const shown = code === '1' || code === '{no units}' ? '' : code || codeMeaning(measured, '004008EA');
  return [number, shown, qualifier === '' ? '' : `(${qualifier})`].filter((part) => part !== '').join(' ');
}

function reference(item: DicomJson): string {
  const instance = textOf(item, '00081155');
  const frames = numbersOf(item, '00081160');
  if (frames.length === 0) return instance;
  return `${instance}, ${frames.length === 1 ? 'frame' : 'frames'} ${frames.slice(0, longestGraphic).join(', ')}`;
}

function graphic(item: DicomJson): string {
  const data = numbersOf(item, '00700022');
  const shown = data.slice(0, longestGraphic).join(', ');
  return `${textOf(item, '00700023')} ${shown}${data.length > longestGraphic ? ', …' : ''}`.trim();
}

/** What a code means in words, else the code. */
function codeMeaning(dataSet: DicomJson, sequence: string): string {
  const code = itemsOf(dataSet, sequence)[0];
  if (code === undefined) return '';
  return (
    textOf(code, '00080104') ||
    textOf(code, '00080100') ||
    textOf(code, '00080119') ||
    textOf(code, '00080120')
  );
}
