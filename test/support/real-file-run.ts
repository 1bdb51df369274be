import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compareExplicit } from './explicit-comparison.ts';
import { type ArchiveKind, type FilledArchive, filledArchives } from './filled-archive.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type RetrieveForm, type Verdict, compareRetrieves } from './retrieve-comparison.ts';
import { runTool } from './run-tool.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What was asked for: as stored, retrieved by either verb; or without naming a transfer syntax. */
export type Exchange = 'C-MOVE' | 'C-GET' | 'explicit';

/** What became of one file. */
export interface Fate {
  readonly file: string;
  readonly outcome: 'not accepted' | 'same' | 'as stored' | 'converted' | 'decoded' | 'refused' | 'wrong';
  /** Why, where it is not as it should be. */
  readonly reason: string;
  /** In which the archive sends it; empty where it does not. */
  readonly transferSyntax: string;
}

export type Fates = Readonly<Record<Exchange, readonly Fate[]>>;

export interface RunOptions {
  readonly kind: ArchiveKind;
  readonly files: readonly string[];
  /** What is asked for first is retrieved in that form, the rest comes from the cache. */
  readonly forms: Readonly<Record<'C-MOVE' | 'C-GET', readonly RetrieveForm[]>>;
}

/** Puts every file into an archive and gets it out through a gateway, by C-MOVE and by C-GET. */
export async function runRealFiles({ kind, files, forms }: RunOptions): Promise<Fates> {
  const fates: Record<Exchange, Fate[]> = { 'C-MOVE': [], 'C-GET': [], explicit: [] };
  for await (const filled of filledArchives(kind, files)) {
    const fateOf = ({ instance, outcome, notes }: Judged): Fate => ({
      file: instance.file,
      outcome,
      reason: notes.join(' | '),
      transferSyntax: filled.sent.get(instance.instance)?.transferSyntax ?? '',
    });
    for (const { file, reason } of filled.notAccepted) {
      for (const some of Object.values(fates)) {
        some.push({ file, outcome: 'not accepted', reason, transferSyntax: '' });
      }
    }
    for (const verb of ['C-MOVE', 'C-GET'] as const) {
      await using gateway = await gatewayBefore(filled, verb);
      const asked = { wado: gateway.wado, instances: filled.accepted, sent: filled.sent };
      const verdicts = await compareRetrieves({ ...asked, forms: forms[verb] });
      fates[verb].push(...(await checkedByDcmftest(verdicts)).map(fateOf));
      if (verb === 'C-MOVE') fates.explicit.push(...(await compareExplicit(asked)).map(fateOf));
    }
  }
  return fates;
}

type Judged = Pick<Verdict, 'instance' | 'notes'> & { readonly outcome: Fate['outcome'] };

function gatewayBefore({ archive, scpPort }: FilledArchive, verb: 'C-MOVE' | 'C-GET'): Promise<Gateway> {
  return startGateway({
    archive,
    scpPort,
    settings: { WADO_RETRIEVE_METHOD: verb.toLowerCase(), WADO_MAX_RETRY_ATTEMPTS: '0' },
  });
}

/** DCMTK's dcmftest says whether the files that clients got are DICOM files. */
async function checkedByDcmftest(verdicts: readonly Verdict[]): Promise<Judged[]> {
  await using directory = await temporaryDirectory('dcmftest');
  const paths: string[] = [];
  for (const [index, { files }] of verdicts.entries()) {
    await mkdir(join(directory.path, String(index)));
    for (const [number, file] of files.entries()) {
      paths.push(join(directory.path, String(index), `${number}.dcm`));
      await writeFile(paths.at(-1) ?? '', file);
    }
  }
  const { stdout } = paths.length === 0 ? { stdout: '' } : await runTool('dcmftest', paths);
  const good = new Set([...stdout.matchAll(/^yes: (.*)$/gm)].map(([, path]) => path));
  return verdicts.map((verdict, index) => {
    const isGood = verdict.files.every((_, number) =>
      good.has(join(directory.path, String(index), `${number}.dcm`)),
    );
    return isGood ? verdict : { ...verdict, outcome: 'wrong', notes: ['dcmftest does not take it'] };
  });
}

/** How many files had each fate. */
export function countFates(fates: readonly Fate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of fates) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** The reasons of those with that fate, by the file's name. */
export function reasonsOf(fates: readonly Fate[], outcome: Fate['outcome']): Record<string, string> {
  return Object.fromEntries(
    fates.filter((fate) => fate.outcome === outcome).map(({ file, reason }) => [basename(file), reason]),
  );
}

/**
 * Where the files with that fate are others than expected, or for other reasons.
 * @param expected a part of each one's reason, by the file's name
 */
export function unexpectedReasons(
  fates: readonly Fate[],
  outcome: Fate['outcome'],
  expected: Readonly<Record<string, string>>,
): string[] {
  const reasons = reasonsOf(fates, outcome);
  const names = new Set([...Object.keys(reasons), ...Object.keys(expected)]);
  return [...names].flatMap((name) => {
    const [reason, part] = [reasons[name], expected[name]];
    if (reason !== undefined && part !== undefined && reason.includes(part)) return [];
    return [`${name}: ${outcome}: ${reason ?? 'not so'}; expected: ${part ?? 'not so'}`];
  });
}

/** The counts of all exchanges, and below them what was not accepted or not given out, with the reason. */
export function fateTable(kind: ArchiveKind, fates: Fates): string {
  const lines: string[] = [];
  for (const [exchange, some] of Object.entries(fates)) {
    const counts = Object.entries(countFates(some)).map(([outcome, count]) => `${count} ${outcome}`);
    lines.push(`${kind}, ${exchange}: ${some.length} files: ${counts.sort().join(', ')}`);
    for (const { file, outcome, reason } of some) {
      if (reason !== '') lines.push(`    ${outcome}: ${basename(file)}: ${reason.slice(0, 240)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
