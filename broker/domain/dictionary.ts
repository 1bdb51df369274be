import { BrokerError } from './errors.ts';
import { isPrivateTag, type Tag } from './tag.ts';
import { isVr, type Vr } from './vr.ts';

type Library = typeof import('dcmjs/dictionary');

/** What PS3.6 says of one attribute. `tag` is the first of the range for a repeating group. */
export interface DictionaryEntry {
  readonly tag: Tag;
  readonly keyword: string;
  readonly vr: Vr;
  /** Value multiplicity as PS3.6 writes it: 1, 1-n, 2-2n. */
  readonly vm: string;
  /** True for `US or SS`: SS where Pixel Representation (0028,0103) is 1 (PS3.5 annex A.1). */
  readonly signedAsPixels: boolean;
}

interface Dictionary {
  readonly byTag: ReadonlyMap<Tag, DictionaryEntry>;
  readonly byKeyword: ReadonlyMap<string, DictionaryEntry>;
}

/** VRs that depend on another attribute, as the library abbreviates them: the usual one is taken. */
const ambiguous: Readonly<Record<string, Vr>> = { xs: 'US', ox: 'OW', lt: 'OW', up: 'UL' };

/** Rows in which the library differs from PS3.6 (2022d and later): keyword, VR, VM by tag. */
const corrections: Readonly<Record<Tag, readonly [string, Vr, string]>> = {
  '00221642': ['NumberOfBscansPerFrame', 'UL', '1'],
  '0040A803': ['NumberOfTableColumns', 'UL', '1'],
  '00660040': ['LongPrimitivePointIndexList', 'OL', '1'],
  '00660041': ['LongTrianglePointIndexList', 'OL', '1'],
  '00660042': ['LongEdgePointIndexList', 'OL', '1'],
  '00660043': ['LongVertexPointIndexList', 'OL', '1'],
  '006862F0': ['ViewOrientationModifierCodeSequence', 'SQ', '1'],
  '00701305': ['Plane', 'FD', '4'],
  '00701306': ['PlaneNormal', 'FD', '3'],
  '0070150C': ['NumberOfVolumetricCurvePoints', 'UL', '1'],
  '00760034': ['ComponentTypeCodeSequence', 'SQ', '1'],
  '300A0131': ['AverageBeamDosePointSourceToExternalContourDistance', 'FL', '1'],
  '40101029': ['ThreatDetectionAlgorithmAndVersion', 'LO', '1-n'],
};

let library: Library | undefined;
let dictionary: Dictionary | undefined;

/**
 * Fetches the library's table (1.3 MB of source, about 45 ms). A browser must await this before the
 * first look-up; under Node it only moves the cost to a moment when nobody waits.
 */
export async function loadDictionary(): Promise<void> {
  library ??= await import('dcmjs/dictionary');
  loaded();
}

function loaded(): Dictionary {
  return (dictionary ??= indexRows(library ?? requireLibrary()));
}

function requireLibrary(): Library {
  if (typeof process === 'undefined') {
    throw new BrokerError('internal', 'loadDictionary() was not awaited before the first look-up.');
  }
  const { createRequire } = process.getBuiltinModule('node:module');
  return (library = createRequire(import.meta.url)('dcmjs/dictionary') as Library);
}

function indexRows(from: Library): Dictionary {
  const byTag = new Map<Tag, DictionaryEntry>();
  const byKeyword = new Map<string, DictionaryEntry>();
  for (const row of Object.values(from.dictionary)) {
    if (row.version === 'PrivateTag' || row.name === undefined) continue;
    // Ranges are written (6000-60FF,3000) and (0020,3100-31FF): their first tag stands for them.
    const tag = row.tag.replace(/-[0-9A-F]{2,4}(?=[,)])/g, '').replace(/[(),]/g, '');
    const vr = ambiguous[row.vr] ?? row.vr;
    if (!/^[0-9A-F]{8}$/.test(tag) || !isVr(vr)) continue;
    const corrected = corrections[tag];
    const keyword = corrected?.[0] ?? row.name.replace(/^RETIRED_/, '');
    const entry = {
      tag,
      keyword,
      vr: corrected?.[1] ?? vr,
      vm: corrected?.[2] ?? row.vm ?? '1',
      signedAsPixels: row.vr === 'xs',
    };
    byTag.set(tag, entry);
    byKeyword.set(keyword, entry);
  }
  return { byTag, byKeyword };
}

/** The tag that stands for `tag` in the dictionary: itself, or the first one of its repeating group. */
function representative(tag: Tag): Tag {
  const group = tag.slice(0, 4);
  if (/^(50|60)/.test(group)) return `${tag.slice(0, 2)}00${tag.slice(4)}`;
  if (group.startsWith('7F') && group !== '7FE0') return `7F00${tag.slice(4)}`;
  if (tag.startsWith('002031')) return '00203100';
  if (/^0028(04[2-9A-F][0-3]|08[1-9A-F][02348])$/.test(tag)) {
    return tag.startsWith('002804') ? `0028041${tag.slice(7)}` : `0028080${tag.slice(7)}`;
  }
  if (group === '1000') return `1000001${tag.slice(7)}`;
  if (group === '1010') return '10100004';
  return tag;
}

/** The PS3.6 entry of a standard attribute, also within a repeating group; undefined for others. */
export function dictionaryEntry(tag: Tag): DictionaryEntry | undefined {
  const { byTag } = loaded();
  const exact = byTag.get(tag);
  if (exact !== undefined || isPrivateTag(tag)) return exact;
  return byTag.get(representative(tag));
}

/** The tag of a keyword as PS3.6 spells it; the first tag of the range for a repeating group. */
export function tagOfKeyword(keyword: string): Tag | undefined {
  return loaded().byKeyword.get(keyword)?.tag;
}

/** The keyword of a standard attribute (PS3.6); undefined for private and unknown ones. */
export function keywordOf(tag: Tag): string | undefined {
  return dictionaryEntry(tag)?.keyword;
}

/** An attribute as messages name it: `PatientName (00100010)`, or `Attribute 00091001` without a keyword. */
export function labelOf(tag: Tag): string {
  const keyword = keywordOf(tag);
  return keyword === undefined ? `Attribute ${tag}` : `${keyword} (${tag})`;
}

/**
 * The VR that an attribute has where its encoding does not say: UL for group lengths, LO for private
 * creators, the usual one where PS3.6 leaves a choice (US or SS: US; OB or OW: OW). Undefined for
 * other private attributes and those that PS3.6 does not know.
 */
export function vrOf(tag: Tag): Vr | undefined {
  if (tag.endsWith('0000')) return 'UL';
  if (isPrivateTag(tag)) return /^....00[1-9A-F]/.test(tag) ? 'LO' : undefined;
  return dictionaryEntry(tag)?.vr;
}

/** Every keyword of PS3.6, retired ones included. */
export function keywords(): Iterable<string> {
  return loaded().byKeyword.keys();
}

/** The keyword that `text` most likely meant: at most a quarter of its letters differ. For error texts. */
export function nearestKeyword(text: string): string | undefined {
  const wanted = text.slice(0, 64).toLowerCase();
  let limit = Math.max(1, Math.floor(wanted.length / 4));
  let nearest: string | undefined;
  for (const keyword of keywords()) {
    if (Math.abs(keyword.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, keyword.toLowerCase());
    if (distance > limit) continue;
    nearest = keyword;
    if (distance === 0) break;
    limit = distance - 1;
  }
  return nearest;
}

/** Levenshtein's distance: the fewest letters to insert, remove or replace. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      current.push(Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + same));
    }
    above = current;
  }
  return above[b.length]!;
}
