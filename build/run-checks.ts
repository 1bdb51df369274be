import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endLike, runChild } from './child.mjs';
import { countTests, type TestCounts } from './test-counts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const staticTimeLimitInMs = 5 * 60_000;
const testTimeLimitInMs = 40 * 60_000;

interface Check {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

const staticChecks: readonly Check[] = [
  { name: 'lint', tool: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'types', tool: 'tsc', args: ['--project', '.'] },
  // What runs in a browser has the names of a browser, and nothing of Node.
  { name: 'types of pages', tool: 'tsc', args: ['--project', 'test/support/viewer/page'] },
  {
    name: 'components',
    tool: 'svelte-check',
    args: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'machine'],
  },
  { name: 'format', tool: 'prettier', args: ['--check', '.'] },
  {
    name: 'import rules',
    tool: 'depcruise',
    args: ['--config', '.dependency-cruiser.mjs', 'broker', 'main', 'renderer', 'build', 'test'],
  },
  { name: 'unused code', tool: 'knip', args: [] },
];

/** This process was told to stop while a tool ran. */
class Interruption extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`);
    this.signal = signal;
  }
}

/**
 * Runs a tool of node_modules on this Node.
 * @throws Interruption where this process was told to stop meanwhile
 */
async function runTool(tool: string, args: readonly string[], options: Parameters<typeof runChild>[2]) {
  const end = await runChild(process.execPath, [join(root, 'node_modules', '.bin', tool), ...args], {
    cwd: root,
    ...options,
  });
  if (end.interruptedBy !== undefined) throw new Interruption(end.interruptedBy);
  return end;
}

function report(name: string, counts: TestCounts, startedAt: number): void {
  const state = counts.failed === 0 ? 'passed' : 'FAILED';
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const skipped = counts.skipped === 0 ? '' : `, ${String(counts.skipped)} skipped`;
  const tests =
    counts.passed + counts.failed + counts.skipped === 1 ? '' : `  ${describeCounts(counts)}${skipped}`;
  console.log(`${state}  ${name.padEnd(18)}${seconds.padStart(7)} s${tests}`);
}

function describeCounts({ passed, failed }: TestCounts): string {
  return `${String(passed)} passed, ${String(failed)} failed`;
}

/** Runs a check that either holds or does not; shows what it wrote where it does not. */
async function runStaticCheck({ name, tool, args }: Check): Promise<TestCounts> {
  const startedAt = performance.now();
  let output = '';
  const onOutput = (text: string) => (output += text);
  const { code } = await runTool(tool, args, { timeLimitInMs: staticTimeLimitInMs, onOutput });
  const counts = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  report(name, counts, startedAt);
  if (code !== 0) console.log(output.trimEnd());
  return counts;
}

/** Runs one vitest project, its own output shown as it comes. */
async function runTests(project: 'unit' | 'integration'): Promise<TestCounts> {
  const startedAt = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'dcmrs-tests-'));
  try {
    const path = join(directory, 'report.json');
    const args = [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${path}`,
      // Those that start archives and browsers need a processor for these.
      ...(project === 'unit' ? [`--maxWorkers=${String(availableParallelism())}`] : []),
    ];
    const { code } = await runTool('vitest', args, { timeLimitInMs: testTimeLimitInMs });
    const counts = countTests(await readFile(path, 'utf8').catch(() => undefined), code);
    report(`${project} tests`, counts, startedAt);
    return counts;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs all static checks, as many at a time as the machine has cores. */
async function runStaticChecks(): Promise<TestCounts[]> {
  const waiting = [...staticChecks];
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    const counts: TestCounts[] = [];
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      counts.push(await runStaticCheck(check));
    }
    return counts;
  });
  return (await Promise.all(lanes)).flat();
}

/** Runs everything, also after a check that failed. */
async function runChecks(withIntegration: boolean): Promise<void> {
  const all = await runStaticChecks();
  all.push(await runTests('unit'));
  if (withIntegration) all.push(await runTests('integration'));
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed } of all) {
    total.passed += passed;
    total.failed += failed;
  }
  process.exitCode = total.failed === 0 ? 0 : 1;
  console.log(describeCounts(total));
}

try {
  await runChecks(!process.argv.includes('--without-integration'));
} catch (error) {
  if (!(error instanceof Interruption)) throw error;
  endLike({ code: null, signal: error.signal });
}
