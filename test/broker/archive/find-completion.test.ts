import { expect, test } from 'vitest';
import { complete, type CompletionOptions } from '../../../broker/archive/find-completion.ts';
import { inOrder } from '../../../broker/archive/in-order.ts';
import type { ArchiveQuery } from '../../../broker/archive/query.ts';
import type { DicomJson } from '../../../broker/dicom/dicom-json.ts';
import { recordedLog } from '../../support/query-archive.ts';

function study(uid: string, more: DicomJson = {}): DicomJson {
  return { '0020000D': { vr: 'UI', Value: [uid] }, ...more };
}

function series(uid: string, modality: string, count?: number): DicomJson {
  return {
    '0020000E': { vr: 'UI', Value: [uid] },
    '00080060': { vr: 'CS', Value: [modality] },
    ...(count === undefined ? {} : { '00201209': { vr: 'IS', Value: [count] } }),
  };
}

async function* each(answers: readonly DicomJson[]): AsyncGenerator<DicomJson, void, undefined> {
  for (const answer of answers) {
    await Promise.resolve();
    yield answer;
  }
}

interface Run {
  readonly results: DicomJson[];
  readonly asked: ArchiveQuery[];
  readonly limits: number;
}

async function run(
  answers: readonly DicomJson[],
  find: (query: ArchiveQuery) => DicomJson[],
  options: Partial<CompletionOptions> = {},
): Promise<Run> {
  const asked: ArchiveQuery[] = [];
  let limits = 0;
  const completed = complete(each(answers), {
    find: (query) => {
      asked.push(query);
      return each(find(query));
    },
    level: 'study',
    required: new Set(['00080061', '00201206', '00201208']),
    maxRelatedQueries: 100,
    signal: new AbortController().signal,
    logger: recordedLog().logger,
    onLimit: () => {
      limits += 1;
    },
    ...options,
  });
  const results: DicomJson[] = [];
  for await (const result of completed) results.push(result);
  return { results, asked, limits };
}

test('counts and modalities of a study come from its series, counted where they do not say', async () => {
  const { results, asked } = await run([study('1')], (query) =>
    query.level === 'series'
      ? [series('1.1', 'CT', 3), series('1.2', 'SR'), series('1.3', 'CT', 2)]
      : [study('i'), study('j')],
  );
  expect(results[0]).toEqual({
    '0020000D': { vr: 'UI', Value: ['1'] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00080061': { vr: 'CS', Value: ['CT', 'SR'] },
    '00201206': { vr: 'IS', Value: [3] },
    '00201208': { vr: 'IS', Value: [7] },
  });
  expect(asked.map(({ level, study, series }) => [level, study, series])).toEqual([
    ['series', '1', undefined],
    ['instance', '1', '1.2'],
  ]);
});

test('what the archive says itself is kept, and nothing is asked for it', async () => {
  const told = study('1', {
    '00080056': { vr: 'CS', Value: ['NEARLINE'] },
    '00080061': { vr: 'CS', Value: ['MR'] },
    '00201206': { vr: 'IS', Value: [1] },
    '00201208': { vr: 'IS', Value: [9] },
  });
  const { results, asked } = await run([told], () => []);
  expect(results).toEqual([told]);
  expect(asked).toEqual([]);
});

test('only as many queries as are allowed; the others keep their order and lack the counts', async () => {
  const answers = ['1', '2', '3', '4'].map((uid) => study(uid));
  const { results, asked, limits } = await run(answers, () => [series('x', 'CT', 1)], {
    maxRelatedQueries: 2,
  });
  expect(asked).toHaveLength(2);
  expect(results.map((result) => result['0020000D']?.Value?.[0])).toEqual(['1', '2', '3', '4']);
  expect(results.map((result) => result['00201206']?.Value?.[0])).toEqual([1, 1, undefined, undefined]);
  expect(limits).toBe(1);
});

test('a related query that fails leaves its attributes out', async () => {
  const { results } = await run([study('1'), study('2')], (query) => {
    if (query.study === '1') throw new Error('refused');
    return [series('x', 'CT', 1)];
  });
  expect(results.map((result) => result['00201206']?.Value?.[0])).toEqual([undefined, 1]);
});

test('no related query runs before the archive has answered the query itself', async () => {
  const events: string[] = [];
  async function* main(): AsyncGenerator<DicomJson, void, undefined> {
    try {
      yield* each([study('1'), study('2')]);
    } finally {
      events.push('main ended');
    }
  }
  const completed = complete(main(), {
    find: () => {
      events.push('related');
      return each([series('x', 'CT', 1)]);
    },
    level: 'study',
    required: new Set(['00201206']),
    maxRelatedQueries: 10,
    signal: new AbortController().signal,
    logger: recordedLog().logger,
    onLimit: () => undefined,
  });
  for await (const result of completed) events.push(result['0020000D']?.Value?.[0] as string);
  expect(events[0]).toBe('main ended');
  expect(events.filter((event) => event === 'related')).toHaveLength(2);
});

test('attributes of the study that a relational answer lacks are looked up once per study', async () => {
  const answers = ['1', '2'].map((uid) => study('1', { '0020000E': { vr: 'UI', Value: [`1.${uid}`] } }));
  const { results, asked } = await run(
    answers,
    () => [study('1', { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A' }] } })],
    { level: 'series', required: new Set(['00100010', '00100020', '0020000D', '0020000E']) },
  );
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ level: 'study', study: '1', returnKeys: ['00100010', '00100020'] });
  expect(results.map((result) => result['00100010']?.Value)).toEqual([
    [{ Alphabetic: 'A' }],
    [{ Alphabetic: 'A' }],
  ]);
  expect(results.map((result) => result['0020000E']?.Value)).toEqual([['1.1'], ['1.2']]);
});

test('inOrder keeps the order and the limit', async () => {
  let running = 0;
  let most = 0;
  const results: number[] = [];
  for await (const result of inOrder([30, 1, 20, 2], 2, async (ms) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, ms));
    running -= 1;
    return ms;
  })) {
    results.push(result);
  }
  expect(results).toEqual([30, 1, 20, 2]);
  expect(most).toBe(2);
});
