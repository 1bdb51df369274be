import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cache } from '../../../broker/cache/cache.ts';
import { indexError, openIndexDatabase } from '../../../broker/cache/index-database.ts';
import { InstanceIndex } from '../../../broker/cache/instance-index.ts';
import type { InstanceName } from '../../../broker/cache/stored-instance.ts';
import type { Resource } from '../../../broker/domain/resource.ts';
import { resourceKey } from '../../../broker/domain/resource.ts';
import { nameOf, sopClass, TestCache } from './cached-files.ts';

let files: TestCache;
beforeEach(() => {
  files = new TestCache();
});
afterEach(() => files.remove());

/** What the cache should say, as plainly as can be. */
class Model {
  readonly instances: { name: InstanceName; size: number }[] = [];
  readonly complete = new Set<string>();

  add(name: InstanceName, size: number): void {
    this.#drop(name);
    this.instances.push({ name, size });
  }

  discard(name: InstanceName): void {
    this.#drop(name);
    for (const key of [name.study, `${name.study}/${name.series}`])
      this.complete.delete(`${name.archive} ${key}`);
    if (this.of(name.archive, { level: 'study', study: name.study }).length === 0) this.remove(name);
  }

  remove({ archive, study }: InstanceName): void {
    for (const { name } of this.of(archive, { level: 'study', study })) this.#drop(name);
    for (const key of this.complete)
      if (`${key}/`.startsWith(`${archive} ${study}/`)) this.complete.delete(key);
  }

  mark(archive: string, resource: Resource): void {
    if (resource.level !== 'instance') this.complete.add(`${archive} ${resourceKey(resource)}`);
  }

  of(archive: string, resource: Resource): { name: InstanceName; size: number }[] {
    return this.instances.filter(({ name }) => {
      const key = `${name.study}/${name.series}/${name.instance}/`;
      return name.archive === archive && key.startsWith(`${resourceKey(resource)}/`);
    });
  }

  isComplete(archive: string, resource: Resource): boolean {
    const keys = resourceKey(resource).split('/');
    const isMarked =
      resource.level === 'instance' ||
      this.complete.has(`${archive} ${keys[0]}`) ||
      this.complete.has(`${archive} ${keys.join('/')}`);
    return isMarked && this.of(archive, resource).length > 0;
  }

  #drop(name: InstanceName): void {
    const at = this.instances.findIndex((known) => JSON.stringify(known.name) === JSON.stringify(name));
    if (at >= 0) this.instances.splice(at, 1);
  }
}

const oneOf = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const anyName = fc
  .tuple(oneOf(2), oneOf(2), oneOf(3), fc.constantFrom('a', 'b'))
  .map((parts) => nameOf(...parts));
const anyResource = fc.tuple(anyName, fc.constantFrom('study', 'series', 'instance')).map(([name, level]) => {
  const { study, series, instance } = name;
  return { archive: name.archive, resource: { level, study, series, instance } };
});
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('add' as const), name: anyName, size: oneOf(1000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mark' as const), at: anyResource }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('discard' as const), name: anyName }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), name: anyName }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('look' as const), at: anyResource }) },
);

async function take(
  step: typeof anyStep extends fc.Arbitrary<infer T> ? T : never,
  cache: Cache,
  model: Model,
) {
  switch (step.kind) {
    case 'add': {
      const { name, size } = step;
      const rest = { sopClassUid: sopClass, transferSyntaxUid: '1.2', dataSetOffset: 0, crc32: 0, path: '' };
      cache.add({ ...name, ...rest, size });
      model.add(name, size);
      return;
    }
    case 'mark':
      cache.markComplete(step.at.archive, step.at.resource, 1);
      model.mark(step.at.archive, step.at.resource);
      return;
    case 'discard': {
      const { name } = step;
      const found = cache.has(name.archive, name.study, name.series, name.instance);
      if (found !== undefined) cache.discard(found, 'test');
      if (found !== undefined) model.discard(name);
      return;
    }
    case 'remove':
      await cache.remove(step.name.archive, step.name.study);
      model.remove(step.name);
      return;
    case 'look': {
      const { archive, resource } = step.at;
      const found = cache.find(archive, resource).map(({ instance, size }) => ({ instance, size }));
      expect(found).toEqual(
        model.of(archive, resource).map(({ name, size }) => ({ instance: name.instance, size })),
      );
      expect(cache.isComplete(archive, resource)).toBe(model.isComplete(archive, resource));
    }
  }
}

test('says what a plain list of the same steps says', async () => {
  const cache = await files.open();
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
      const model = new Model();
      for (const step of steps) await take(step, cache, model);
      expect(cache.statistics()).toMatchObject({
        studies: new Set(model.instances.map(({ name }) => `${name.archive} ${name.study}`)).size,
        instances: model.instances.length,
        bytes: model.instances.reduce((sum, { size }) => sum + size, 0),
      });
      for (const archive of ['a', 'b']) {
        for (const study of [1, 2])
          await take({ kind: 'remove', name: nameOf(study, 1, 1, archive) }, cache, model);
      }
      expect(cache.statistics()).toMatchObject({ studies: 0, instances: 0, bytes: 0 });
    }),
    { numRuns: 150 },
  );
});

test('values never become part of a statement', async () => {
  const cache = await files.open();
  const name = nameOf(1, 1, 1);
  const hostile = `1.2'); DROP TABLE instance; --`;
  const stored = { ...files.store(name), sopClassUid: hostile, transferSyntaxUid: `"'%_\0\\` };
  cache.add(stored);
  expect(cache.has('default', name.study, name.series, name.instance)).toMatchObject({
    sopClassUid: hostile,
    transferSyntaxUid: `"'%_\0\\`,
  });
  expect(cache.find(hostile, { level: 'study', study: name.study })).toEqual([]);
  expect(cache.isComplete(`' OR 1=1 --`, { level: 'study', study: name.study })).toBe(false);
});

test('what could not be written is kept until it can', () => {
  const path = join(files.directory, 'full.sqlite');
  const database = openIndexDatabase(path, files.logger);
  const index = new InstanceIndex(database, files.directory);
  const study = { level: 'study', study: nameOf(1, 1, 1).study } as const;
  const rest = { sopClassUid: sopClass, transferSyntaxUid: '1.2', dataSetOffset: 0, crc32: 0, path: '' };
  database.exec('PRAGMA max_page_count = 8');
  for (let i = 1; i <= 500; i++) index.add({ ...nameOf(1, 1, i), ...rest, size: 2 }, 1);
  expect(() => {
    index.flush();
  }).toThrow(expect.objectContaining({ code: 'disk-full' }));
  expect(() => index.find('default', study)).toThrow(expect.objectContaining({ code: 'disk-full' }));
  expect(index.totals).toEqual({ studies: 0, instances: 0, bytes: 0 });
  database.exec('PRAGMA max_page_count = 100000');
  expect(index.find('default', study)).toHaveLength(500);
  expect(index.totals).toEqual({ studies: 1, instances: 500, bytes: 1000 });
  index.close();
});

test('times of use are written together in their time, not before each look at an instance', () => {
  const database = openIndexDatabase(join(files.directory, 'uses.sqlite'), files.logger);
  const index = new InstanceIndex(database, files.directory);
  const [one, other] = [nameOf(1, 1, 1), nameOf(2, 1, 1)];
  const rest = {
    sopClassUid: sopClass,
    transferSyntaxUid: '1.2',
    dataSetOffset: 0,
    crc32: 0,
    path: '',
    size: 2,
  };
  for (const name of [one, other]) index.add({ ...name, ...rest }, 1);
  index.flush();
  for (const at of [5, 7]) for (const { archive, study } of [one, other]) index.use(archive, study, at);
  expect(index.get(one)?.size).toBe(2);
  expect(index.pending).toBe(2);
  expect(index.oldestUse()).toBe(7);
  expect(index.pending).toBe(0);
  index.close();
});

test('a full disk is told as such', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (x); PRAGMA max_page_count = 3');
  const fill = database.prepare('INSERT INTO t VALUES (randomblob(100000))');
  let thrown: unknown;
  try {
    fill.run();
  } catch (error) {
    thrown = error;
  }
  database.close();
  expect(indexError(thrown)).toMatchObject({ code: 'disk-full' });
  expect(indexError(new Error('other'))).toMatchObject({ code: 'internal' });
});
