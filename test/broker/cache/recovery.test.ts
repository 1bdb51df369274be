import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cache } from '../../../broker/cache/cache.ts';
import {
  incomingDirectory,
  incomingPath,
  instancesDirectory,
  studyPath,
  trashDirectory,
} from '../../../broker/cache/instance-path.ts';
import type { InstanceName } from '../../../broker/cache/stored-instance.ts';
import type { Resource } from '../../../broker/domain/resource.ts';
import { minute, nameOf, TestCache, testLogger, writeInstance } from './cached-files.ts';

let files: TestCache;
let cache: Cache;

beforeEach(async () => {
  files = new TestCache();
  cache = await files.open();
});
afterEach(() => files.remove());

const studyOf = ({ study }: InstanceName): Resource => ({ level: 'study', study });
const seriesOf = ({ study, series }: InstanceName): Resource => ({ level: 'series', study, series });
const indexPath = (): string => join(files.directory, 'index.sqlite');

function warnings(): string[] {
  return files.logger.entries.filter(({ level }) => level === 'warn').map(({ message }) => message);
}

describe('files and rows that do not agree', () => {
  test('a file that the index does not know is read and added', async () => {
    await cache.close();
    const stored = writeInstance(files.directory, nameOf(1, 1, 1), 1_500_000);
    cache = await files.open();
    expect(cache.find('default', studyOf(stored))).toEqual([{ ...stored, arrival: 1 }]);
    expect(cache.statistics()).toMatchObject({ studies: 1, instances: 1, bytes: stored.size });
  });

  test('its study counts as used when the file was written', async () => {
    await cache.close();
    const stored = writeInstance(files.directory, nameOf(1, 1, 1));
    utimesSync(stored.path, files.now / 1000, (files.now - 61 * minute) / 1000);
    cache = await files.open({ maxAgeInMin: 60 });
    expect(await cache.evict()).toMatchObject({ studies: 1 });
  });

  test('a row without a file goes, and what it made complete', async () => {
    const gone = files.store(nameOf(1, 1, 1));
    const there = files.store(nameOf(1, 2, 1));
    for (const resource of [studyOf(gone), seriesOf(gone), seriesOf(there)]) {
      cache.markComplete('default', resource, 1);
    }
    await cache.close();
    rmSync(gone.path);
    cache = await files.open();
    expect(cache.find('default', studyOf(gone)).map(({ path }) => path)).toEqual([there.path]);
    expect(cache.isComplete('default', studyOf(gone))).toBe(false);
    expect(cache.isComplete('default', seriesOf(there))).toBe(true);
    expect(cache.statistics()).toMatchObject({ studies: 1, instances: 1, bytes: there.size });
    expect(existsSync(dirname(gone.path))).toBe(false);
  });

  test.each(['shorter', 'longer'])('a file that is %s than its row goes with it', async (how) => {
    const damaged = files.store(nameOf(1, 1, 1));
    cache.markComplete('default', studyOf(damaged), 1);
    await cache.close();
    if (how === 'shorter') truncateSync(damaged.path, damaged.size - 1);
    else appendFileSync(damaged.path, 'x');
    cache = await files.open();
    expect(cache.find('default', studyOf(damaged))).toEqual([]);
    expect(cache.isComplete('default', studyOf(damaged))).toBe(false);
    expect(existsSync(damaged.path)).toBe(false);
    expect(cache.statistics().studies).toBe(0);
  });

  test('a study without its directory goes, and what was complete of it', async () => {
    const gone = files.store(nameOf(1, 1, 1));
    files.store(nameOf(2, 1, 1));
    cache.markComplete('default', studyOf(gone), 1);
    await cache.close();
    rmSync(studyPath(files.directory, 'default', gone.study), { recursive: true });
    cache = await files.open();
    expect([...cache.studies()].map(({ study }) => study)).toEqual(['1.2.2']);
    files.store(nameOf(1, 1, 1));
    expect(cache.isComplete('default', studyOf(gone))).toBe(false);
  });

  test('a file in the place of another instance is removed', async () => {
    await cache.close();
    const stored = writeInstance(files.directory, nameOf(1, 1, 1));
    const wrong = join(dirname(stored.path), '1.2.9.dcm');
    writeFileSync(wrong, 'no DICOM file');
    const empty = join(dirname(stored.path), '1.2.10.dcm');
    writeFileSync(empty, '');
    const other = writeInstance(files.directory, nameOf(2, 2, 2));
    const misplaced = join(dirname(stored.path), '1.2.2.2.2.dcm');
    copyFileSync(other.path, misplaced);
    cache = await files.open();
    expect(cache.statistics().instances).toBe(2);
    expect([wrong, empty, misplaced].filter((path) => existsSync(path))).toEqual([]);
    expect(warnings()).toHaveLength(3);
  });

  test('what is not of the cache is neither touched nor followed', async () => {
    await cache.close();
    const stored = writeInstance(files.directory, nameOf(1, 1, 1));
    const foreign = [
      join(instancesDirectory(files.directory), 'notes.txt'),
      join(dirname(stored.path), 'notes.txt'),
      join(dirname(stored.path), 'x.dcm'),
    ];
    for (const path of foreign) writeFileSync(path, 'foreign');
    const link = join(studyPath(files.directory, 'default', stored.study), '1.9');
    symlinkSync(dirname(stored.path), link);
    mkdirSync(join(instancesDirectory(files.directory), 'not a name'));
    cache = await files.open();
    expect(cache.statistics().instances).toBe(1);
    expect(foreign.every((path) => existsSync(path))).toBe(true);
    expect(existsSync(link)).toBe(true);
  });

  test('what was being received or removed goes', async () => {
    await cache.close();
    writeFileSync(incomingPath(files.directory), 'half a file');
    mkdirSync(join(trashDirectory(files.directory), 'a-study', '1.2'), { recursive: true });
    cache = await files.open();
    expect(readdirSync(incomingDirectory(files.directory))).toEqual([]);
    expect(readdirSync(trashDirectory(files.directory))).toEqual([]);
  });
});

describe('the index', () => {
  test.each([
    [
      'is no database',
      () => {
        writeFileSync(indexPath(), 'x'.repeat(10_000));
      },
    ],
    [
      'has a damaged page',
      () => {
        overwrite(indexPath(), 4096);
      },
    ],
    [
      'is gone',
      () => {
        rmSync(indexPath());
      },
    ],
    [
      'is of another version',
      () => {
        setVersion(99);
      },
    ],
  ])('is made anew from the files where it %s', async (_, damage) => {
    const stored = [1, 2, 3].map((study) => files.store(nameOf(study, 1, 1)));
    cache.markComplete('default', studyOf(stored[0]!), 1);
    await cache.close();
    damage();
    cache = await files.open();
    expect(cache.statistics()).toMatchObject({ studies: 3, instances: 3 });
    expect(cache.find('default', studyOf(stored[1]!))).toMatchObject([{ crc32: stored[1]!.crc32 }]);
    expect(cache.isComplete('default', studyOf(stored[0]!))).toBe(false);
  });

  test('cannot be opened twice', async () => {
    const second = Cache.open({
      directory: files.directory,
      maxAgeInMin: 1,
      maxSizeInMb: 0,
      logger: testLogger(),
    });
    await expect(second).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('in use by another process') as string,
    });
    files.store(nameOf(1, 1, 1));
    expect(cache.statistics().instances).toBe(1);
  });

  test('in a place that is no directory stops the start with its name', async () => {
    const directory = join(files.directory, 'file');
    writeFileSync(directory, '');
    const opened = Cache.open({ directory, maxAgeInMin: 1, maxSizeInMb: 0, logger: testLogger() });
    await expect(opened).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(directory) as string,
    });
  });
});

test('a process that is killed while it stores leaves everything that it has stored', async () => {
  await cache.close();
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./adding-process.ts', import.meta.url)), files.directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.split('\n').length > 400) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  const said = Number(output.trimEnd().split('\n').slice(0, -1).at(-1));
  expect(said).toBeGreaterThanOrEqual(399);

  cache = await files.open();
  const names = Array.from({ length: said }, (_, i) => nameOf(Math.ceil((i + 1) / 10), 1, i + 1));
  const missing = names.filter((name) => {
    const row = cache.has(name.archive, name.study, name.series, name.instance);
    return row === undefined || row.crc32 !== crc32(readFileSync(row.path));
  });
  expect(missing).toEqual([]);
  const { instances, studies } = cache.statistics();
  expect(instances).toBeGreaterThanOrEqual(said);
  expect(studies).toBe(Math.ceil(instances / 10));
  expect(cache.isComplete('default', studyOf(nameOf(1, 1, 1)))).toBe(true);
  expect(cache.isComplete('default', studyOf(nameOf(2, 1, 1)))).toBe(false);
});

test('opening gives the event loop its turns', async () => {
  for (let i = 1; i <= 3000; i++) files.store(nameOf(1 + (i % 30), 1, i), 10);
  await cache.close();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  cache = await files.open();
  clearInterval(timer);
  expect(cache.statistics().instances).toBe(3000);
  expect(turns).toBeGreaterThan(5);
});

function overwrite(path: string, from: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xff, from);
  writeFileSync(path, bytes);
}

function setVersion(version: number): void {
  const database = new DatabaseSync(indexPath());
  database.exec(`PRAGMA user_version = ${version}`);
  database.close();
}
