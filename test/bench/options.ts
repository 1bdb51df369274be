import { parseArgs } from 'node:util';

export const measurementGroups = [
  'cold',
  'orthanc',
  'first-byte',
  'click',
  'cached',
  'metadata',
  'frames',
  'rendered',
  'thumbnail',
  'qido',
  'stow',
  'memory',
  'interface',
] as const;
export type MeasurementGroup = (typeof measurementGroups)[number];

export interface BenchOptions {
  readonly help: boolean;
  /** The groups to measure, in the order in which they run. */
  readonly groups: readonly MeasurementGroup[];
  readonly rounds: number;
  /** Sets of a few MiB, to see that the benchmark works; their figures mean nothing. */
  readonly tiny: boolean;
  /** Keeps the generated sets for the next run. */
  readonly keepSets: boolean;
}

const defaultRounds = 5;
const maxRounds = 100;

export const usage = `npm run bench -- [options]

  --only a,b     measures only these groups: ${measurementGroups.join(', ')}
  --rounds n     rounds of each comparison, 1 to ${maxRounds} (default ${defaultRounds}, or BENCH_ROUNDS)
  --tiny         sets of a few MiB, to see that the benchmark works: the figures mean nothing
  --help         this text

BENCH_KEEP=1 keeps the generated sets (about 3.5 GiB in the temporary directory) for the next run.`;

/**
 * @throws Error in words for the person at the terminal, where an option is not known or not allowed
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      tiny: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    help: values.help,
    groups: values.only === undefined ? measurementGroups : groupsOf(values.only),
    rounds: roundsOf(values.rounds, env),
    tiny: values.tiny,
    keepSets: env['BENCH_KEEP'] === '1',
  };
}

function groupsOf(only: string): MeasurementGroup[] {
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !measurementGroups.some((group) => group === name));
  if (unknown.length > 0) {
    throw new Error(
      `--only names "${unknown.join('", "')}"; the groups are ${measurementGroups.join(', ')}.`,
    );
  }
  return measurementGroups.filter((group) => names.includes(group));
}

function roundsOf(option: string | undefined, env: NodeJS.ProcessEnv): number {
  const variable = env['BENCH_ROUNDS'];
  const [source, text] =
    option !== undefined || variable === undefined || variable === ''
      ? (['--rounds', option] as const)
      : (['BENCH_ROUNDS', variable] as const);
  if (text === undefined) return defaultRounds;
  const rounds = /^\d+$/.test(text) ? Number(text) : 0;
  if (rounds < 1 || rounds > maxRounds) {
    throw new Error(`${source} is "${text}"; allowed is a whole number from 1 to ${maxRounds}.`);
  }
  return rounds;
}
