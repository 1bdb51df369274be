import type { Finding } from './finding.ts';
import type { MeasurementGroup } from './options.ts';
import type { SetName, StudySet, StudySets } from './study-sets.ts';

/** What a measurement is given. */
export interface BenchContext {
  readonly sets: StudySets;
  readonly rounds: number;
  /** Aborts when the time limit is over or the run is interrupted; everything that waits heeds it. */
  readonly signal: AbortSignal;
  /** A line about progress. */
  say(line: string): void;
}

export interface Measurement {
  readonly group: MeasurementGroup;
  readonly title: string;
  /** The sets that it takes; they are generated before its time begins. */
  readonly sets: readonly SetName[];
  /** Seconds after which it is given up, by the number of rounds. */
  timeLimitInSecs(rounds: number): number;
  /** @throws Error where anything went wrong: what was measured until then is thrown away */
  run(context: BenchContext): Promise<Finding[]>;
}

/** One set in the words of the table: `400 × 512 KiB`. */
export function sizeText({ instances, pixelBytes }: Pick<StudySet, 'instances' | 'pixelBytes'>): string {
  const sizes = [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const;
  const [unit, bytes] = sizes.find(([, size]) => pixelBytes % size === 0) ?? ['bytes', 1];
  return `${instances.length.toLocaleString('en')} × ${pixelBytes / bytes} ${unit}`;
}
