import { lstat, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { generateStudy } from '../support/generated-study.ts';
import type { GeneratedInstance, GeneratedStudy } from '../support/generated-study.ts';
import { readPart10 } from '../support/part10.ts';

/**
 * `large`, `small` and `tenSeries` are for times; `multiFrame` (one instance) and `huge` are for memory.
 */
export type SetName = 'large' | 'small' | 'tenSeries' | 'multiFrame' | 'huge';

export interface StudySet {
  readonly studyUid: string;
  readonly seriesUids: readonly string[];
  readonly instances: readonly GeneratedInstance[];
  readonly files: readonly string[];
  /** Bytes of pixel data in each instance. */
  readonly pixelBytes: number;
  /** Bytes of all data sets together: what an answer with the whole study exceeds. */
  readonly dataSetBytes: number;
}

/** Sets that exist only as long as the run. */
export interface StudySets extends AsyncDisposable {
  /** Generated at the first call, or left by an earlier run. */
  get(name: SetName): Promise<StudySet>;
}

interface SetSize {
  readonly instances: number;
  readonly pixelBytes: number;
  readonly frames?: number;
  /** Among which the instances are dealt out. Default 1. */
  readonly series?: number;
}

const kib = 1024;
const mib = 1024 * kib;

const fullSizes: Readonly<Record<SetName, SetSize>> = {
  large: { instances: 400, pixelBytes: 512 * kib },
  small: { instances: 1000, pixelBytes: 8 * kib },
  tenSeries: { instances: 400, pixelBytes: 512 * kib, series: 10 },
  multiFrame: { instances: 1, pixelBytes: 1024 * mib, frames: 2048 },
  huge: { instances: 4096, pixelBytes: 512 * kib },
};

const tinySizes: Readonly<Record<SetName, SetSize>> = {
  large: { instances: 16, pixelBytes: 512 * kib },
  small: { instances: 40, pixelBytes: 8 * kib },
  tenSeries: { instances: 40, pixelBytes: 128 * kib, series: 10 },
  multiFrame: { instances: 1, pixelBytes: 32 * mib, frames: 64 },
  huge: { instances: 64, pixelBytes: 512 * kib },
};

/** Bytes of pixel data of these sets together. */
export function pixelBytesOf(names: Iterable<SetName>, tiny: boolean): number {
  const sizes = tiny ? tinySizes : fullSizes;
  return [...new Set(names)].reduce((sum, name) => sum + sizes[name].instances * sizes[name].pixelBytes, 0);
}

/**
 * The sets below the system's temporary directory, each in a folder named after its size.
 * @throws Error where the folder is there and belongs to somebody else
 */
export async function openStudySets(options: { tiny: boolean; keep: boolean }): Promise<StudySets> {
  const sizes = options.tiny ? tinySizes : fullSizes;
  const root = join(tmpdir(), `dcmrs-bench-sets-${userInfo().username}`);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const owner = await lstat(root);
  if (!owner.isDirectory() || (process.getuid !== undefined && owner.uid !== process.getuid())) {
    throw new Error(`${root} is not a folder of this user: the generated sets cannot be kept there.`);
  }
  const sets = new Map<SetName, Promise<StudySet>>();
  return {
    get(name) {
      const set = sets.get(name) ?? openSet(root, sizes[name]);
      sets.set(name, set);
      return set;
    },
    async [Symbol.asyncDispose]() {
      if (!options.keep) await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** What is kept beside the files, so that a later run can use them. */
type Manifest = Pick<StudySet, 'studyUid' | 'seriesUids' | 'instances' | 'dataSetBytes'>;

async function openSet(root: string, size: SetSize): Promise<StudySet> {
  const { instances, pixelBytes, frames = 1, series = 1 } = size;
  const directory = join(root, `${instances}-of-${pixelBytes}-in-${frames}-of-${series}`);
  const path = join(directory, 'set.json');
  const manifest = (await readManifest(path)) ?? (await generateSet(directory, size));
  const inPlace = manifest.instances.map((instance) => ({
    ...instance,
    file: join(directory, instance.file),
  }));
  return { ...manifest, instances: inPlace, files: inPlace.map(({ file }) => file), pixelBytes };
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written under another name first, so that a set that is there is whole. */
async function generateSet(directory: string, size: SetSize): Promise<Manifest> {
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const study = await generateStudy({ directory: unfinished, ...size });
  const manifest = await manifestOf(study);
  await writeFile(join(unfinished, 'set.json'), JSON.stringify(manifest));
  await rename(unfinished, directory);
  return manifest;
}

async function manifestOf({ studyUid, seriesUids, instances }: GeneratedStudy): Promise<Manifest> {
  let dataSetBytes = 0;
  for (const { file, headerLength } of instances) {
    dataSetBytes += (await stat(file)).size - (await fileMetaLength(file, headerLength));
  }
  const named = instances.map((instance) => ({ ...instance, file: basename(instance.file) }));
  return { studyUid, seriesUids, instances: named, dataSetBytes };
}

async function fileMetaLength(file: string, headerLength: number): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(headerLength), 0, headerLength, 0);
    return headerLength - readPart10(buffer).dataSet.length;
  } finally {
    await handle.close();
  }
}
