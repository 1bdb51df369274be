import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cachedStudies } from './cached-study.ts';
import { click } from './click.ts';
import { coldStudies } from './cold-study.ts';
import { firstByte } from './first-byte.ts';
import { frames } from './frames.ts';
import { userInterface } from './interface.ts';
import { describeMachine } from './machine.ts';
import type { Measurement } from './measurement.ts';
import { memory } from './memory.ts';
import { metadata } from './metadata.ts';
import { parseOptions, usage } from './options.ts';
import type { BenchOptions } from './options.ts';
import { pictures } from './pictures.ts';
import { checkDiskSpace, runMeasurements } from './run-measurements.ts';
import { stow } from './stow.ts';
import { studyQuery } from './study-query.ts';
import { openStudySets } from './study-sets.ts';
import { formatTable } from './table.ts';

const measurements: readonly Measurement[] = [
  ...coldStudies,
  firstByte,
  click,
  ...cachedStudies,
  ...metadata,
  frames,
  ...pictures,
  studyQuery,
  ...stow,
  memory,
  ...userInterface,
];

/** Measures, prints the table and writes everything as JSON; the exit code is 1 where a measure failed. */
async function main(options: BenchOptions): Promise<void> {
  const { groups, rounds, tiny, keepSets } = options;
  const selected = measurements.filter(({ group }) => groups.includes(group));
  await checkDiskSpace(selected, tiny);
  const date = new Date().toISOString();
  const machine = await describeMachine();
  await using sets = await openStudySets({ tiny, keep: keepSets });
  const { findings, failures } = await runMeasurements(selected, {
    sets,
    rounds,
    signal: interruption(),
    say: (line) => console.error(line),
  });
  console.log(`\n${formatTable(findings, failures)}\n`);
  for (const { measure, reason } of failures) console.log(`Failed: ${measure}: ${reason}\n`);
  if (tiny) console.log('These are the sets of --tiny: the figures mean nothing.');
  const file = await writeResults(tiny, { date, machine, options, findings, failures });
  console.log(`All rounds: ${file}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Aborts at the first signal, so that everything is cleared up; the second ends the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort(new Error(`The run was interrupted (${name}).`));
    });
  }
  return controller.signal;
}

async function writeResults(tiny: boolean, results: unknown): Promise<string> {
  const directory = fileURLToPath(new URL('../../bench-results/', import.meta.url));
  const name = tiny ? 'bench-tiny.json' : 'bench.json';
  await mkdir(directory, { recursive: true });
  await writeFile(`${directory}${name}`, `${JSON.stringify(results, undefined, 2)}\n`);
  return `bench-results/${name}`;
}

try {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(usage);
  else await main(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
