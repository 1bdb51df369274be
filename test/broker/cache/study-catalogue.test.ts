import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cache } from '../../../broker/cache/cache.ts';
import type { StudyQuery } from '../../../broker/cache/study-summary.ts';
import type { InstanceOutline } from '../../../broker/dicom/instance-outline.ts';
import { minute, nameOf, TestCache, writeInstance } from './cached-files.ts';

let files: TestCache;
let cache: Cache;

beforeEach(async () => {
  files = new TestCache();
  cache = await files.open();
});
afterEach(() => files.remove());

const nothingSaid: InstanceOutline = {
  patientName: '',
  patientId: '',
  studyDate: '',
  studyDescription: '',
  modality: '',
  seriesNumber: '',
  seriesDescription: '',
  instanceNumber: '',
};
const anyQuery: StudyQuery = {
  text: '',
  sort: 'patient',
  descending: false,
  offset: 0,
  limit: 100,
  receiving: new Set(),
};

/** Adds an instance of a study, and what it says. The file is not looked at. */
function add(study: number, outline: Partial<InstanceOutline> = {}, { series = 1, instance = 1 } = {}): void {
  const name = nameOf(study, series, instance);
  const rest = { sopClassUid: '1.2', transferSyntaxUid: '1.2', dataSetOffset: 0, crc32: 0, path: '' };
  cache.add({ ...name, ...rest, size: 1000 * study });
  cache.describe([{ ...name, outline: { ...nothingSaid, ...outline } }]);
}

function found(query: Partial<StudyQuery> = {}): string[] {
  return cache.catalogue.list({ ...anyQuery, ...query }).studies.map(({ study }) => study);
}

describe('a listed study', () => {
  test('says what its instances say, and what there is of it', () => {
    const outline = {
      patientName: 'Doe^Jane',
      patientId: 'P1',
      studyDate: '20261125',
      studyDescription: 'Chest',
      modality: 'CT',
      seriesNumber: '2',
      seriesDescription: 'Axial',
    };
    add(1, outline);
    files.now += minute;
    add(1, { modality: 'SR', seriesNumber: '10' }, { series: 2 });
    add(1, { modality: 'CT' }, { series: 3, instance: 2 });
    expect(cache.catalogue.study('default', nameOf(1, 1, 1).study)).toEqual({
      archive: 'default',
      study: '1.2.1',
      patientName: 'Doe^Jane',
      patientId: 'P1',
      studyDate: '20261125',
      description: 'Chest',
      modalities: ['CT', 'SR'],
      series: 3,
      instances: 3,
      bytes: 3000,
      firstReceivedAt: files.now - minute,
      lastUsedAt: files.now,
      isComplete: false,
      isPinned: false,
    });
    expect(cache.catalogue.series('default', nameOf(1, 1, 1).study)).toEqual([
      { series: '1.2.1.3', modality: 'CT', number: '', description: '', instances: 1, bytes: 1000 },
      { series: '1.2.1.1', modality: 'CT', number: '2', description: 'Axial', instances: 1, bytes: 1000 },
      { series: '1.2.1.2', modality: 'SR', number: '10', description: '', instances: 1, bytes: 1000 },
    ]);
  });

  test('is there before anything is known of it', () => {
    files.store(nameOf(1, 1, 1));
    expect(cache.catalogue.list(anyQuery)).toMatchObject({
      total: 1,
      studies: [{ patientName: '', modalities: [], series: 1, instances: 1 }],
    });
    expect(cache.catalogue.study('default', nameOf(2, 1, 1).study)).toBeUndefined();
  });

  test('that has left takes with it what was known of it', async () => {
    add(1, { patientName: 'Doe^Jane' });
    await cache.remove('default', nameOf(1, 1, 1).study);
    expect(cache.catalogue.list(anyQuery)).toEqual({ total: 0, studies: [] });
    cache.describe([{ ...nameOf(1, 1, 1), outline: { ...nothingSaid, patientName: 'Late^Comer' } }]);
    files.store(nameOf(1, 1, 1));
    expect(cache.catalogue.list(anyQuery).studies).toMatchObject([{ patientName: '' }]);
  });

  test('survives a restart, with what is known of it', async () => {
    const stored = files.store(nameOf(1, 1, 1));
    cache.describe([{ ...stored, outline: { ...nothingSaid, patientName: 'Doe^Jane', modality: 'MR' } }]);
    cache = await files.open();
    expect(cache.catalogue.list(anyQuery).studies).toMatchObject([
      { patientName: 'Doe^Jane', modalities: ['MR'] },
    ]);
    expect(cache.catalogue.undescribed('default', stored.study)).toEqual([]);
  });
});

describe('search', () => {
  test.each([
    ['doe', ['1.2.1']],
    ['JANE doe', ['1.2.1']],
    ['doe^jane', ['1.2.1']],
    ['jane smith', []],
    ['p-2', ['1.2.2']],
    ['müller', ['1.2.2']],
    ['MÜLLER', ['1.2.2']],
    ['STRASSE', ['1.2.2']],
    ['иван', ['1.2.3']],
    ['山田', ['1.2.3']],
    ['mr', ['1.2.2', '1.2.3']],
    ['2026-11', ['1.2.1']],
    ['20261125', ['1.2.1']],
    ['1.2.3', ['1.2.3']],
    ['%', []],
    ['_', []],
    [`' OR 1=1 --`, []],
    [`"); DROP TABLE study; --`, []],
    ['   ', ['1.2.1', '1.2.2', '1.2.3']],
  ])('for %s finds what says so, whatever the capitals', (text, expected) => {
    add(1, { patientName: 'Doe^Jane', patientId: 'P-1', studyDate: '20261125', modality: 'CT' });
    add(2, { patientName: 'Müller^Zoë', patientId: 'P-2', studyDescription: 'Knie Straße', modality: 'MR' });
    add(3, { patientName: 'Иванов=山田^太郎', modality: 'MR' });
    const { total, studies } = cache.catalogue.list({ ...anyQuery, sort: 'size', text });
    expect(studies.map(({ study }) => study)).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  test('for what a hostile name says finds just that, and gives it back as it is', () => {
    const patientName = `<img src=x onerror=alert(1)>'); DROP TABLE study;--\\"%_`;
    add(1, { patientName });
    add(2, { patientName: 'Doe' });
    expect(found({ text: 'onerror=alert(1)>' })).toEqual(['1.2.1']);
    expect(found({ text: `'); drop table study;--\\"%_` })).toEqual(['1.2.1']);
    expect(cache.catalogue.list({ ...anyQuery, text: '<IMG' }).studies).toMatchObject([{ patientName }]);
  });

  test('for more words than anybody types is answered too', () => {
    add(1, { patientName: 'Doe' });
    expect(found({ text: 'doe '.repeat(200_000) })).toEqual(['1.2.1']);
  });
});

describe('sorting', () => {
  beforeEach(() => {
    add(1, {
      patientName: 'berta',
      patientId: 'c',
      studyDate: '20200101',
      studyDescription: 'B',
      modality: 'MR',
    });
    files.now += minute;
    add(2, {
      patientName: 'Anton',
      patientId: 'B',
      studyDate: '20220101',
      studyDescription: 'c',
      modality: 'CT',
    });
    files.now += minute;
    add(3, {
      patientName: 'Çelik',
      patientId: 'a',
      studyDate: '20210101',
      studyDescription: 'A',
      modality: 'US',
    });
    add(2, {}, { instance: 2 });
    cache.markComplete('default', { level: 'study', study: nameOf(2, 1, 1).study }, 2);
  });

  test.each([
    ['patient', ['1.2.2', '1.2.1', '1.2.3']],
    ['id', ['1.2.3', '1.2.2', '1.2.1']],
    ['date', ['1.2.1', '1.2.3', '1.2.2']],
    ['description', ['1.2.3', '1.2.1', '1.2.2']],
    ['modality', ['1.2.2', '1.2.1', '1.2.3']],
    ['instances', ['1.2.1', '1.2.3', '1.2.2']],
    ['size', ['1.2.1', '1.2.3', '1.2.2']],
    ['state', ['1.2.3', '1.2.1', '1.2.2']],
  ] as const)('by %s', (sort, expected) => {
    expect(found({ sort, receiving: new Set(['default/1.2.3']) })).toEqual(expected);
  });

  test('by age goes by the last use, and backwards too', () => {
    files.now += minute;
    cache.touch('default', nameOf(1, 1, 1).study);
    expect(found({ sort: 'age', descending: true })[0]).toBe('1.2.1');
    expect(found({ sort: 'age' }).at(-1)).toBe('1.2.1');
  });
});

test('thousands of studies are paged without one left out or shown twice', () => {
  const count = 5000;
  for (let study = 1; study <= count; study++) {
    const name = nameOf(study, 1, 1);
    const rest = { sopClassUid: '1.2', transferSyntaxUid: '1.2', dataSetOffset: 0, crc32: 0, path: '' };
    cache.add({ ...name, ...rest, size: 1000 });
  }
  const described = Array.from({ length: count }, (_, index) => ({
    ...nameOf(index + 1, 1, 1),
    outline: { ...nothingSaid, patientName: `Patient^${index % 7}`, modality: index % 2 === 0 ? 'CT' : 'MR' },
  }));
  cache.describe(described);
  const seen: string[] = [];
  for (let offset = 0; ; offset += 300) {
    const { total, studies } = cache.catalogue.list({ ...anyQuery, text: 'ct', offset, limit: 300 });
    expect(total).toBe(count / 2);
    if (studies.length === 0) break;
    seen.push(...studies.map(({ study }) => study));
  }
  expect(seen).toHaveLength(count / 2);
  expect(new Set(seen).size).toBe(count / 2);
  expect(found({ offset: count + 1 })).toEqual([]);
});

describe('a cache of an older version', () => {
  function downgrade(): void {
    const database = new DatabaseSync(join(files.directory, 'index.sqlite'));
    database.exec(`ALTER TABLE study DROP COLUMN first_received_at; DROP TABLE pin; DROP TABLE study_summary;
      DROP TABLE series_summary; PRAGMA user_version = 1`);
    database.close();
  }

  test('keeps what it knows, and names what is to be described', async () => {
    const stored = [1, 2].map((series) => files.store(nameOf(1, series, 1)));
    files.now += minute;
    files.store(nameOf(1, 2, 2));
    cache.markComplete('default', { level: 'study', study: nameOf(1, 1, 1).study }, 3);
    await cache.close();
    downgrade();
    cache = await files.open();
    expect(cache.catalogue.list(anyQuery).studies).toMatchObject([
      { instances: 3, series: 2, firstReceivedAt: files.now - minute, isComplete: true, isPinned: false },
    ]);
    expect(cache.catalogue.undescribed('default', stored[0]!.study)).toMatchObject(
      stored.map(({ series, instance }) => ({ series, instance })),
    );
    expect(files.logger.entries.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('that is not what it says is made anew', async () => {
    writeInstance(files.directory, nameOf(1, 1, 1));
    await cache.close();
    downgrade();
    const database = new DatabaseSync(join(files.directory, 'index.sqlite'));
    database.exec('DROP TABLE study');
    database.close();
    cache = await files.open();
    expect(cache.catalogue.list(anyQuery)).toMatchObject({ total: 1 });
  });
});
