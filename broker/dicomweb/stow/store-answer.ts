import type { DicomJson, JsonAttribute } from '../../dicom/dicom-json.ts';
import { statusClass } from '../../domain/dimse-status.ts';
import type { Uid } from '../../domain/uid.ts';

/** What became of one instance of a request, or of something else in it. */
export interface StoreOutcome {
  /** What it is called in messages: part 3. */
  readonly label: string;
  readonly sopClassUid?: Uid | undefined;
  readonly sopInstanceUid?: Uid | undefined;
  /** Of an instance that was sent to the archive. */
  readonly study?: Uid | undefined;
  readonly series?: Uid | undefined;
  /** Success or a warning of the archive, or a failure: the archive's status, or one of PS3.18 table I.2-2. */
  readonly status: number;
  /** In plain words. */
  readonly comment?: string | undefined;
}

export interface StoreAnswer {
  /** Of HTTP (PS3.18 table 10.5.3-1). */
  readonly status: 200 | 202 | 409;
  /** Store Instances Response Module (PS3.18 annex I). */
  readonly dataSet: DicomJson;
  /** Warning fields: what the module has no place for. */
  readonly warnings: readonly string[];
}

/** Texts of an answer at most: a header has limits. */
const maxTexts = 10;
const maxTextLength = 300;

export function isStored({ status }: StoreOutcome): boolean {
  const kind = statusClass(status);
  return kind === 'success' || kind === 'warning';
}

/**
 * The answer to a store (PS3.18 section 10.5.3): 200 where all were stored, 202 where some were not or
 * there are warnings, 409 where none was.
 * @param bases URLs of the STOW-RS and the WADO-RS service
 */
export function storeAnswer(
  outcomes: readonly StoreOutcome[],
  bases: { readonly stow: string; readonly wado: string },
): StoreAnswer {
  const stored = outcomes.filter(isStored);
  const failed = outcomes.filter((outcome) => !isStored(outcome));
  const named = failed.filter(({ sopClassUid, sopInstanceUid }) => sopClassUid && sopInstanceUid);
  const other = failed.filter((outcome) => !named.includes(outcome));
  const dataSet: DicomJson = { '00081190': retrieveUrl(studyUrl(stored, bases.wado)) };
  if (named.length > 0) dataSet['00081198'] = sequence(named.map(failedItem));
  if (stored.length > 0) dataSet['00081199'] = sequence(stored.map((one) => storedItem(one, bases.wado)));
  if (other.length > 0)
    dataSet['0008119A'] = sequence(other.map(({ status }) => ({ '00081197': us(status) })));
  const isClean = stored.length === outcomes.length && stored.every(({ status }) => status === 0);
  return {
    status: stored.length === 0 ? 409 : isClean ? 200 : 202,
    dataSet,
    warnings: warningsOf(outcomes, bases.stow),
  };
}

/** Retrieve URL (0008,1190) of the study, where all that was stored is of one; else empty. */
function studyUrl(stored: readonly StoreOutcome[], wado: string): string | undefined {
  const studies = new Set(stored.map(({ study }) => study));
  const [study] = studies;
  return studies.size === 1 && study !== undefined ? `${wado}/studies/${study}` : undefined;
}

function storedItem(outcome: StoreOutcome, wado: string): DicomJson {
  const { study, series, sopInstanceUid, status } = outcome;
  const url =
    study === undefined || series === undefined || sopInstanceUid === undefined
      ? undefined
      : `${wado}/studies/${study}/series/${series}/instances/${sopInstanceUid}`;
  return {
    ...reference(outcome),
    '00081190': retrieveUrl(url),
    ...(status === 0 ? {} : { '00081196': us(status) }),
  };
}

function failedItem(outcome: StoreOutcome): DicomJson {
  return { ...reference(outcome), '00081197': us(outcome.status) };
}

function reference({ sopClassUid, sopInstanceUid }: StoreOutcome): DicomJson {
  return {
    '00081150': { vr: 'UI', ...(sopClassUid === undefined ? {} : { Value: [sopClassUid] }) },
    '00081155': { vr: 'UI', ...(sopInstanceUid === undefined ? {} : { Value: [sopInstanceUid] }) },
  };
}

function retrieveUrl(url: string | undefined): JsonAttribute {
  return { vr: 'UR', ...(url === undefined ? {} : { Value: [url] }) };
}

function us(value: number): JsonAttribute {
  return { vr: 'US', Value: [value] };
}

function sequence(items: readonly DicomJson[]): JsonAttribute {
  return { vr: 'SQ', Value: items };
}

/** Each text once, with what it is about first, and how many more it holds for. */
function warningsOf(outcomes: readonly StoreOutcome[], service: string): string[] {
  const byText = new Map<string, StoreOutcome[]>();
  for (const outcome of outcomes) {
    if (outcome.comment === undefined || outcome.comment === '') continue;
    const alike = byText.get(outcome.comment);
    if (alike === undefined) byText.set(outcome.comment, [outcome]);
    else alike.push(outcome);
  }
  const texts = [...byText].map(([comment, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `${first === undefined ? '' : nameOf(first)}${more}: ${comment}`;
  });
  const left = texts.length - maxTexts;
  const shown = texts.slice(0, maxTexts).map((text) => `299 ${service}: ${headerText(text)}`);
  return left > 0 ? [...shown, `299 ${service}: ${left} more reasons are not shown.`] : shown;
}

function nameOf({ label, sopInstanceUid }: StoreOutcome): string {
  return sopInstanceUid === undefined ? label : `${label} (${sopInstanceUid})`;
}

/** A header field holds printable ASCII safely; what a peer said may be anything. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, maxTextLength);
}
