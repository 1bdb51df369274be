import { open, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runTool } from './run-tool.ts';

/** A Part 10 file whose pixel data element comes last. */
export interface LargeInstance {
  readonly file: string;
  /** Bytes before the pixel data element. */
  readonly headerLength: number;
}

const filesPerCall = 1000;

/**
 * Enters instances into dcmqrscp's index without copying them; the files must stay where they are.
 * dcmqrscp holds no study beyond 1 GiB, by the sizes that files have when they are entered: so each
 * is entered with its pixel data cut off, and is then replaced by a link to the whole file.
 * @param storage dcmqrscp's storage area
 * @throws Error where one was not entered
 */
export async function registerInstances(storage: string, instances: readonly LargeInstance[]): Promise<void> {
  const entries = instances.map((instance) => ({
    ...instance,
    entry: join(storage, `linked-${basename(instance.file)}`),
  }));
  for (const { file, headerLength, entry } of entries)
    await writeFile(entry, await start(file, headerLength));
  for (let first = 0; first < entries.length; first += filesPerCall) {
    const some = entries.slice(first, first + filesPerCall).map(({ entry }) => entry);
    await runTool('dcmqridx', [storage, ...some]);
  }
  const { stdout } = await runTool('dcmqridx', ['-p', storage]);
  const entered = new Set([...stdout.matchAll(/^ *Filename: (.*)$/gm)].map((match) => match[1]));
  for (const { file, entry } of entries) {
    if (!entered.has(entry)) throw new Error(`dcmqridx did not enter ${file}.`);
    await rm(entry);
    await symlink(file, entry);
  }
}

async function start(file: string, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
