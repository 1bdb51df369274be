import { type Part10, readPart10 } from './part10.ts';
import type { RealInstance } from './real-instances.ts';
import { type BodyPart, type WadoAnswer, asStored, partsOf, retrieve } from './wado-client.ts';

/** What a client can ask for: a resource in a multipart message, or an instance as a single part. */
export type RetrieveForm = 'study' | 'series' | 'instance' | 'single part';

export interface ComparisonOptions {
  /** URL of WADO-RS. */
  readonly wado: string;
  /** All that the archive holds; no SOP Instance UID twice. */
  readonly instances: readonly RealInstance[];
  /** What the archive sends to another receiver: by SOP Instance UID. */
  readonly sent: ReadonlyMap<string, Part10>;
  /** Asked for in this order, each for all instances: what comes first is retrieved, the rest cached. */
  readonly forms: readonly RetrieveForm[];
}

/** How the gateway gave out one instance. */
export interface Verdict {
  readonly instance: RealInstance;
  /**
   * `same`: every answer held it, with the bytes that the other receiver got. `refused`: no answer held
   * it, and none that should have held it passed for whole. `wrong`: anything else.
   */
  readonly outcome: 'same' | 'refused' | 'wrong';
  /** What is wrong, or how the instance was refused when it was asked for alone. */
  readonly notes: readonly string[];
  /** The files of the answers; equal ones once. */
  readonly files: readonly Buffer[];
}

const singlePart = 'application/dicom; transfer-syntax=*';

/** Asks for every study, series and instance, and compares what comes with what the other receiver got. */
export async function compareRetrieves(options: ComparisonOptions): Promise<Verdict[]> {
  const asked: Asked[] = [];
  for (const form of options.forms) {
    for (const [path, expected] of resources(options.instances, form)) {
      const answer = await retrieve(options.wado + path, {
        accept: form === 'single part' ? singlePart : asStored,
      });
      asked.push({ form, expected, answer, parts: partsByInstance(form, answer) });
    }
  }
  const delivered = new Set(asked.flatMap(({ parts }) => [...parts.keys()]));
  return options.instances.map((instance) => verdict(instance, asked, delivered, options.sent));
}

interface Asked {
  readonly form: RetrieveForm;
  readonly expected: readonly RealInstance[];
  readonly answer: WadoAnswer;
  readonly parts: ReadonlyMap<string, BodyPart>;
}

function verdict(
  instance: RealInstance,
  asked: readonly Asked[],
  delivered: ReadonlySet<string>,
  sent: ReadonlyMap<string, Part10>,
): Verdict {
  const wrong: string[] = [];
  const refusals: string[] = [];
  const files: Buffer[] = [];
  for (const { form, expected, answer, parts } of asked.filter((one) => one.expected.includes(instance))) {
    const note = (text: string): void => void wrong.push(`${form}: ${text}`);
    const isWhole = answer.status === 200 && !answer.isBroken;
    const part = parts.get(instance.instance);
    if (isWhole && parts.size !== expected.length) note(`${parts.size} parts instead of ${expected.length}`);
    if (part !== undefined) {
      for (const difference of differences(part, sent.get(instance.instance))) note(difference);
      if (!files.some((file) => file.equals(part.body))) files.push(part.body);
    } else if (isWhole) note('left out of an answer that passes for whole');
    else if (expected.every((one) => delivered.has(one.instance))) note(described(answer));
    else if (form === 'instance') refusals.push(described(answer));
  }
  const outcome = wrong.length > 0 ? 'wrong' : delivered.has(instance.instance) ? 'same' : 'refused';
  return { instance, outcome, notes: outcome === 'refused' ? refusals : wrong, files };
}

function differences({ contentType, body }: BodyPart, sent: Part10 | undefined): string[] {
  const got = readPart10(body);
  if (sent === undefined) return ['sent, although the other receiver did not get it'];
  const wrong: string[] = [];
  const same = (what: string, is: unknown, expected: unknown): void => {
    if (is !== expected) wrong.push(`${what} is ${String(is)} instead of ${String(expected)}`);
  };
  same('Content-Type', contentType, `application/dicom; transfer-syntax=${got.transferSyntax}`);
  same('transfer syntax', got.transferSyntax, sent.transferSyntax);
  same('SOP class', got.sopClass, sent.sopClass);
  same('SOP instance', got.sopInstance, sent.sopInstance);
  same('group length', got.groupLength, got.countedBytes);
  same('length of the data set', got.dataSet.length, sent.dataSet.length);
  if (!got.dataSet.equals(sent.dataSet)) wrong.push('the data set has other bytes');
  return wrong;
}

/** Paths below WADO-RS, and the instances that each stands for. */
export function resources(
  instances: readonly RealInstance[],
  form: RetrieveForm,
): ReadonlyMap<string, readonly RealInstance[]> {
  const paths = new Map<string, RealInstance[]>();
  for (const one of instances) {
    const path = pathOf(one, form);
    const known = paths.get(path);
    if (known === undefined) paths.set(path, [one]);
    else known.push(one);
  }
  return paths;
}

function pathOf({ study, series, instance }: RealInstance, form: RetrieveForm): string {
  if (form === 'study') return `/studies/${study}`;
  if (form === 'series') return `/studies/${study}/series/${series}`;
  return `/studies/${study}/series/${series}/instances/${instance}`;
}

/** The parts of an answer by SOP Instance UID; of one that broke, or says that it failed, none. */
function partsByInstance(form: RetrieveForm, answer: WadoAnswer): ReadonlyMap<string, BodyPart> {
  const { status, isBroken, headers, body } = answer;
  if (isBroken || (status !== 200 && status !== 206)) return new Map();
  const isSingle = form === 'single part';
  const parts = isSingle ? [{ contentType: headers['content-type'] ?? '', body }] : partsOf(answer);
  return new Map(parts.map((part) => [readPart10(part.body).sopInstance, part]));
}

function described({ status, isBroken, headers, body }: WadoAnswer): string {
  if (isBroken) return `${status}, and then the connection broke`;
  const isText = headers['content-type']?.startsWith('multipart') !== true;
  return isText ? `${status} ${body.toString('utf8').trim()}` : String(status);
}
