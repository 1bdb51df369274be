import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoredInstance } from '../../../broker/cache/stored-instance.ts';
import { ThumbnailStore } from '../../../broker/cache/thumbnail-store.ts';
import type { Uid } from '../../../broker/domain/uid.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const stack = new AsyncDisposableStack();
const warnings: string[] = [];
const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_fields: unknown, message?: string) => void warnings.push(message ?? ''),
  error: () => undefined,
};
let directory: string;

beforeEach(async () => {
  directory = stack.use(await temporaryDirectory('thumbnails')).path;
  warnings.length = 0;
});

afterAll(() => stack.disposeAsync());

function instance(number: number, changes: Partial<StoredInstance> = {}): StoredInstance {
  return {
    archive: 'default',
    study: '1.2.1' as Uid,
    series: '1.2.2' as Uid,
    instance: `1.2.3.${number}` as Uid,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    size: 1000,
    dataSetOffset: 300,
    crc32: 7,
    path: '/nowhere',
    ...changes,
  };
}

function open(maxBytes?: number): ThumbnailStore {
  return new ThumbnailStore({ directory, logger, ...(maxBytes === undefined ? {} : { maxBytes }) });
}

const picture = (length: number): { mediaType: string; bytes: Uint8Array } => ({
  mediaType: 'image/jpeg',
  bytes: new Uint8Array(length).fill(length % 256),
});

describe('kept thumbnails', () => {
  it('are given out as they were put in, by how they were made', () => {
    const store = open();
    store.put(instance(1), 'a', picture(10));
    store.put(instance(1), 'b', picture(20));
    expect(store.get(instance(1), 'a')).toEqual(picture(10));
    expect(store.get(instance(1), 'b')).toEqual(picture(20));
    expect(store.get(instance(1), 'c')).toBeUndefined();
    expect(store.get(instance(2), 'a')).toBeUndefined();
    store.close();
  });

  it('are there after a restart', () => {
    const before = open();
    before.put(instance(1), 'a', picture(10));
    before.close();
    const store = open();
    expect(store.get(instance(1), 'a')).toEqual(picture(10));
    expect(store.bytes).toBe(10);
    store.close();
  });

  it('of another version of the file are not given out, and give way to the new one', () => {
    const store = open();
    store.put(instance(1), 'a', picture(10));
    expect(store.get(instance(1, { crc32: 8 }), 'a')).toBeUndefined();
    expect(store.get(instance(1, { size: 9 }), 'a')).toBeUndefined();
    store.put(instance(1, { crc32: 8 }), 'a', picture(30));
    expect(store.get(instance(1, { crc32: 8 }), 'a')).toEqual(picture(30));
    expect(store.bytes).toBe(30);
    store.close();
  });

  it('go with their study', () => {
    const store = open();
    const other = instance(2, { study: '1.2.9' as Uid });
    store.put(instance(1), 'a', picture(10));
    store.put(other, 'a', picture(20));
    store.removeStudy('default', '1.2.1');
    expect(store.get(instance(1), 'a')).toBeUndefined();
    expect(store.get(other, 'a')).toEqual(picture(20));
    expect(store.bytes).toBe(20);
    store.removeOthers(() => false);
    expect(store.get(other, 'a')).toBeUndefined();
    expect(store.bytes).toBe(0);
    store.close();
  });

  it('stay below the limit: those that were used longest ago go first', () => {
    const store = open(10_000);
    for (let number = 0; number < 100; number++) store.put(instance(number), 'a', picture(100));
    expect(store.get(instance(0), 'a')).toBeDefined();
    store.put(instance(100), 'a', picture(100));
    expect(store.bytes).toBeLessThanOrEqual(10_000);
    expect(store.get(instance(0), 'a')).toBeDefined();
    expect(store.get(instance(1), 'a')).toBeUndefined();
    expect(store.get(instance(100), 'a')).toBeDefined();
    store.close();
  });

  it('are small: what is larger is not kept', () => {
    const store = open();
    store.put(instance(1), 'a', picture(300 * 1024));
    expect(store.get(instance(1), 'a')).toBeUndefined();
    store.close();
  });

  it('begin anew where their database is damaged', async () => {
    await writeFile(join(directory, 'thumbnails.sqlite'), 'this is no database, whatever its name says');
    const store = open();
    store.put(instance(1), 'a', picture(10));
    expect(store.get(instance(1), 'a')).toEqual(picture(10));
    expect(warnings).toEqual([expect.stringContaining('made anew')]);
    store.close();
  });

  it('are none after the end, without an error', () => {
    const store = open();
    store.close();
    store.put(instance(1), 'a', picture(10));
    expect(store.get(instance(1), 'a')).toBeUndefined();
    store.removeStudy('default', '1.2.1');
    expect(warnings).toEqual([]);
  });
});
