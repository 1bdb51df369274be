import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Finding } from './finding.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { pixelBytesOf } from './study-sets.ts';
import type { Failure } from './table.ts';

/** Seconds for the whole run at five rounds; more rounds get more. */
const totalLimitInSecs = 30 * 60;
const roundsOfTotalLimit = 5;

/** A set lies there once itself, once in an archive or cache, once where it was received. */
const copiesOfASet = 3;

/**
 * Runs the measurements one after the other, each within its time limit; one that fails does not keep
 * the others from running.
 * @param context its signal interrupts the whole run
 */
export async function runMeasurements(
  measurements: readonly Measurement[],
  context: BenchContext,
): Promise<{ findings: Finding[]; failures: Failure[] }> {
  const { rounds, say } = context;
  const totalSecs = totalLimitInSecs * Math.max(1, rounds / roundsOfTotalLimit);
  const total = AbortSignal.any([context.signal, limitOf(totalSecs, 'The whole run')]);
  const findings: Finding[] = [];
  const failures: Failure[] = [];
  for (const measurement of measurements) {
    const { title } = measurement;
    say(`${title} …`);
    let signal = total;
    try {
      total.throwIfAborted();
      for (const name of measurement.sets) await context.sets.get(name);
      signal = AbortSignal.any([total, limitOf(measurement.timeLimitInSecs(rounds), title)]);
      findings.push(...(await measurement.run({ ...context, signal })));
    } catch (error) {
      // What the signal broke off reports its own end, not why.
      const cause: unknown = signal.aborted ? signal.reason : error;
      const reason = cause instanceof Error ? cause.message : String(cause);
      failures.push({ measure: title, reason });
      say(`  FAILED: ${reason}`);
    }
  }
  return { findings, failures };
}

function limitOf(seconds: number, what: string): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(new Error(`${what} took longer than ${seconds} s.`));
  };
  setTimeout(abort, seconds * 1000).unref();
  return controller.signal;
}

/** @throws Error where the temporary directory has not room enough for the sets and their copies */
export async function checkDiskSpace(measurements: readonly Measurement[], tiny: boolean): Promise<void> {
  const needed =
    copiesOfASet *
    pixelBytesOf(
      measurements.flatMap(({ sets }) => sets),
      tiny,
    );
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize < needed) {
    throw new Error(
      `${tmpdir()} has ${gibibytes(bavail * bsize)} free; the benchmark needs ${gibibytes(needed)}. TMPDIR can name another place; --only leaves measures out.`,
    );
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
