import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dcmtkEnvironment } from '../support/dcmtk-tools.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { runTool } from '../support/run-tool.ts';
import type { StoreScp } from '../support/store-scp.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { timed } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

export interface MoveOptions {
  readonly archive: Peer;
  readonly set: StudySet;
  readonly signal: AbortSignal;
}

const timeoutMs = 180_000;

/**
 * DCMTK's movescu asks the archive for a study and receives it itself, into files. It looks only once a
 * second whether the archive's association has come, which is part of its time.
 * @param destination AE title and port under which it receives, as the archive knows them
 * @returns milliseconds from the start of the process to its end
 * @throws Error where it failed, or where the files are not the whole study
 */
export async function receiveByMovescu(options: MoveOptions & { destination: Peer }): Promise<number> {
  const { destination, set } = options;
  await using directory = await temporaryDirectory('bench-movescu');
  const receiving = ['--port', String(destination.port), '-od', directory.path];
  const milliseconds = await timed(() => runMovescu(options, destination, receiving));
  await checkFiles(directory.path, set);
  return milliseconds;
}

/**
 * movescu asks the archive to send a study to a storescp that runs already, into files.
 * @returns milliseconds from the start of the movescu process to its end
 * @throws Error where it failed, or where the files are not the whole study
 */
export async function receiveByStoreScp(options: MoveOptions & { storeScp: StoreScp }): Promise<number> {
  const { storeScp, set } = options;
  const milliseconds = await timed(() => runMovescu(options, storeScp, []));
  await checkFiles(storeScp.directory, set);
  await rm(storeScp.directory, { recursive: true });
  await mkdir(storeScp.directory);
  return milliseconds;
}

async function runMovescu(
  { archive, set, signal }: MoveOptions,
  destination: Peer,
  receiving: readonly string[],
): Promise<void> {
  const args = [
    ...['-S', '-aet', 'MOVESCU', '-aem', destination.aeTitle, '-aec', archive.aeTitle, ...receiving],
    ...['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${set.studyUid}`],
    ...[archive.host, String(archive.port)],
  ];
  const { exitCode, output } = await runTool('movescu', args, {
    env: dcmtkEnvironment(),
    timeoutMs,
    signal,
  });
  if (exitCode !== 0) throw new Error(`movescu ended with exit code ${exitCode}.\n${output.slice(-2000)}`);
}

async function checkFiles(directory: string, set: StudySet): Promise<void> {
  const names = await readdir(directory);
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(directory, name))).size;
  if (names.length !== set.instances.length || bytes < set.dataSetBytes) {
    throw new Error(
      `movescu brought ${names.length} files of ${bytes} bytes instead of ${set.instances.length} of more than ${set.dataSetBytes}.`,
    );
  }
}
