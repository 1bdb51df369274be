import type { DicomJson } from '../../dicom/dicom-json.ts';
import type { Tag } from '../../domain/tag.ts';
import { type Uid, readUid } from '../../domain/uid.ts';
import type { FindStep } from '../find-identifier.ts';
import { classesOf } from '../modality-classes.ts';
import { singleValue } from '../query.ts';

/** The instance that a test retrieval asks for. */
export interface SampleInstance {
  readonly study: Uid;
  readonly series: Uid;
  readonly instance: Uid;
  /** Its class, or those that its modality suggests; empty where the archive tells neither. */
  readonly sopClasses: readonly string[];
}

/** Answers that are looked at on each level, and series that are looked into. */
const mostAnswers = 50;
const mostSeries = 3;

const studyUid: Tag = '0020000D';
const seriesUid: Tag = '0020000E';
const instanceUid: Tag = '00080018';
const sopClassUid: Tag = '00080016';
const modality: Tag = '00080060';
const instancesInSeries: Tag = '00201209';
const rows: Tag = '00280010';
const columns: Tag = '00280011';
const frames: Tag = '00280008';
const bitsAllocated: Tag = '00280100';

/** Sends one C-FIND; leaving the loop early cancels it. */
export type AskStep = (step: FindStep) => AsyncGenerator<DicomJson, void, undefined>;

/**
 * The smallest instance of a study, as far as a bounded look tells: a test shall not move a gigabyte.
 * @returns undefined where the study has none
 */
export async function sampleInstance(study: Uid, ask: AskStep): Promise<SampleInstance | undefined> {
  const found = await firstAnswers(
    ask({
      level: 'series',
      keys: {},
      returnKeys: [modality, instancesInSeries],
      study,
      series: undefined,
    }),
  );
  // The one with the fewest instances is quick to list.
  const series = found.sort((one, other) => countIn(one) - countIn(other)).slice(0, mostSeries);
  let best: { readonly sample: SampleInstance; readonly bytes: number } | undefined;
  for (const one of series) {
    const uid = seriesIn(one);
    if (uid === undefined) continue;
    const instances = await firstAnswers(
      ask({
        level: 'instance',
        keys: {},
        returnKeys: [sopClassUid, rows, columns, frames, bitsAllocated],
        study,
        series: uid,
      }),
    );
    for (const answer of instances) {
      const instance = uidIn(answer, instanceUid);
      const bytes = estimatedBytes(answer);
      if (instance === undefined || (best !== undefined && best.bytes <= bytes)) continue;
      const sample = { study, series: uid, instance, sopClasses: sopClassesIn(answer, one) };
      best = { sample, bytes };
    }
  }
  return best?.sample;
}

/** The first study of an answer. */
export function studyIn(answer: DicomJson): Uid | undefined {
  return uidIn(answer, studyUid);
}

/** The series of an answer. */
export function seriesIn(answer: DicomJson): Uid | undefined {
  return uidIn(answer, seriesUid);
}

async function firstAnswers(answers: AsyncGenerator<DicomJson, void, undefined>): Promise<DicomJson[]> {
  const first: DicomJson[] = [];
  for await (const answer of answers) {
    first.push(answer);
    if (first.length === mostAnswers) break;
  }
  return first;
}

/** What is not known is taken for an image of 512 × 512: few archives tell the size of an instance. */
function estimatedBytes(answer: DicomJson): number {
  const pixels = numberIn(answer, rows, 512) * numberIn(answer, columns, 512);
  return pixels * numberIn(answer, frames, 1) * Math.ceil(numberIn(answer, bitsAllocated, 16) / 8);
}

function countIn(series: DicomJson): number {
  return numberIn(series, instancesInSeries, Number.MAX_SAFE_INTEGER);
}

function numberIn(answer: DicomJson, tag: Tag, otherwise: number): number {
  const value = Number(singleValue(answer, tag) ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : otherwise;
}

function uidIn(answer: DicomJson, tag: Tag): Uid | undefined {
  const value = singleValue(answer, tag);
  return typeof value === 'string' ? readUid(value) : undefined;
}

function sopClassesIn(instance: DicomJson, series: DicomJson): readonly string[] {
  const sopClass = uidIn(instance, sopClassUid);
  if (sopClass !== undefined) return [sopClass];
  const ofSeries = singleValue(series, modality);
  return typeof ofSeries === 'string' ? classesOf(ofSeries) : [];
}
