import { expect, test } from 'vitest';
import type { ArchiveQuery } from '../../../broker/archive/query.ts';
import type { Uid } from '../../../broker/domain/uid.ts';
import type { Element } from '../../support/explicit-encoder.ts';
import { queryArchive } from '../../support/query-archive.ts';
import { startScriptedArchive } from '../../support/scripted-archive.ts';
import {
  hierarchicalReply,
  instanceElements,
  scriptedFinds,
  seriesElements,
  studyElements,
  uidsOf,
  valueOf,
} from '../../support/scripted-finds.ts';

const allInstances: ArchiveQuery = {
  level: 'instance',
  keys: {},
  returnKeys: ['00100010', '00080060'],
  fuzzy: false,
};
const allFound = ['1.1.1', '1.1.2', '2.1.1', '2.1.2'];

test('a relational query that works is one query', async () => {
  const finds = scriptedFinds(() => ({ answers: [instanceElements('1', '1.1', '1.1.1')] }), [1, 1, 0]);
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const answers = await Array.fromAsync(archive.find.find(allInstances));
  expect(uidsOf(answers, '00080018')).toEqual(['1.1.1']);
  expect(finds.queries).toHaveLength(1);
  expect(finds.queries[0]).toMatchObject({
    '0020000D': { vr: 'UI' },
    '0020000E': { vr: 'UI' },
    '00100010': { vr: 'PN' },
  });
});

test('an archive that refuses relational queries is asked level by level, the next time at once', async () => {
  const finds = scriptedFinds(hierarchicalReply);
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const answers = await Array.fromAsync(archive.find.find(allInstances));
  expect(uidsOf(answers, '00080018')).toEqual(allFound);
  expect(uidsOf(answers, '00100010')).toEqual(Array(4).fill({ Alphabetic: 'DOE^JANE' }));
  expect(uidsOf(answers, '00080060')).toEqual(Array(4).fill('CT'));
  const levels = (): unknown[] => finds.queries.map((query) => valueOf(query, '00080052'));
  expect(levels()).toEqual(['IMAGE', 'STUDY', 'SERIES', 'IMAGE', 'SERIES', 'IMAGE']);
  expect(finds.queries[1]).not.toHaveProperty('00080060');
  expect(finds.queries[2]).not.toHaveProperty('00100010');
  await Array.fromAsync(archive.find.find(allInstances));
  expect(levels()[6]).toBe('STUDY');
});

test('an archive that says that it has no relational queries is not tried', async () => {
  const finds = scriptedFinds(hierarchicalReply, [0, 0, 0]);
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  expect(uidsOf(await Array.fromAsync(archive.find.find(allInstances)), '00080018')).toEqual(allFound);
  expect(valueOf(finds.queries[0] ?? {}, '00080052')).toBe('STUDY');
});

test('an archive that is set to have no relational queries is not tried, whatever it says', async () => {
  const finds = scriptedFinds(hierarchicalReply, [1, 1, 0]);
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer, { relational: 'no' });
  expect(uidsOf(await Array.fromAsync(archive.find.find(allInstances)), '00080018')).toEqual(allFound);
  expect(valueOf(finds.queries[0] ?? {}, '00080052')).toBe('STUDY');
});

test('an archive that takes relational queries but answers nothing is found out', async () => {
  const finds = scriptedFinds(
    (query) => {
      const reply = hierarchicalReply(query);
      return reply.status === undefined ? reply : {};
    },
    [1, 1, 0],
  );
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  expect(uidsOf(await Array.fromAsync(archive.find.find(allInstances)), '00080018')).toEqual(allFound);
});

test('an archive that ignores keys of the levels above is found out, also after good answers', async () => {
  const finds = scriptedFinds((query) => {
    const reply = hierarchicalReply(query);
    if (valueOf(query, '00080052') === 'STUDY') return { answers: [studyElements('1')] };
    if (reply.status === undefined) return reply;
    const named = (study: string, name: string): Element[] => [
      ...instanceElements(study, `${study}.1`, `${study}.1.1`).slice(0, 2),
      [0x0010, 0x0010, 'PN', name],
      ...instanceElements(study, `${study}.1`, `${study}.1.1`).slice(2),
    ];
    return { answers: [named('1', 'DOE^JANE'), named('2', 'ROE^MARY')] };
  });
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const query = { ...allInstances, keys: { '00100010': { vr: 'PN', Value: ['doe^*'] } } };
  const answers = await Array.fromAsync(archive.find.find(query));
  expect(uidsOf(answers, '00080018')).toEqual(['1.1.1', '1.1.2']);
  const asked = finds.queries.length;
  await Array.fromAsync(archive.find.find(query));
  expect(valueOf(finds.queries[asked] ?? {}, '00080052')).toBe('STUDY');
  await Array.fromAsync(archive.find.find(allInstances));
  expect(valueOf(finds.queries.at(-1) ?? {}, '0020000D')).toBeUndefined();
});

test('an empty answer to a relational query that works stays empty, and is not doubted again', async () => {
  const finds = scriptedFinds((query) => {
    if (valueOf(query, '00080018') === '9.9') return {};
    const reply = hierarchicalReply(query);
    return reply.status === undefined ? reply : { answers: [instanceElements('1', '1.1', '1.1.1')] };
  });
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const missing = { ...allInstances, keys: { '00080018': { vr: 'UI', Value: ['9.9'] } } };
  expect(await Array.fromAsync(archive.find.find(missing))).toEqual([]);
  const asked = finds.queries.length;
  expect(await Array.fromAsync(archive.find.find(missing))).toEqual([]);
  expect(finds.queries.length - asked).toBe(1);
});

test('keys go to the level that they belong to, and a known UID is not looked for', async () => {
  const finds = scriptedFinds(hierarchicalReply, [0]);
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const answers = await Array.fromAsync(
    archive.find.find({
      level: 'instance',
      study: '2' as Uid,
      keys: {
        '00100020': { vr: 'LO', Value: ['P'] },
        '00080060': { vr: 'CS', Value: ['CT'] },
        '00200013': { vr: 'IS', Value: ['1'] },
      },
      returnKeys: [],
      fuzzy: false,
    }),
  );
  expect(uidsOf(answers, '00080018')).toEqual(['2.1.1', '2.1.2']);
  const [study, series, image] = finds.queries;
  expect(study).toMatchObject({ '00100020': { Value: ['P'] }, '0020000D': { Value: ['2'] } });
  expect(series).toMatchObject({ '00080060': { Value: ['CT'] }, '0020000D': { Value: ['2'] } });
  expect(image).toMatchObject({
    '00200013': { Value: [1] },
    '0020000D': { Value: ['2'] },
    '0020000E': { Value: ['2.1'] },
  });
  expect(image).not.toHaveProperty('00100020');
});

test('walking the hierarchy stops with its consumer, and needs one association only', async () => {
  const finds = scriptedFinds(hierarchicalReply, [0]);
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer, { maxAssociations: 1 });
  for await (const answer of archive.find.find(allInstances)) {
    expect(uidsOf([answer], '00080018')).toEqual(['1.1.1']);
    break;
  }
  expect(finds.queries.map((query) => valueOf(query, '00080052'))).toEqual(['STUDY', 'SERIES', 'IMAGE']);
  expect(uidsOf(await Array.fromAsync(archive.find.find(allInstances)), '00080018')).toEqual(allFound);
  expect(peer.connectionsSeen).toBe(1);
});

test('many studies are walked through page by page, each once', async () => {
  const studies = Array.from({ length: 120 }, (_, index) => `1.${index}`);
  const finds = scriptedFinds(
    (query) => {
      const study = valueOf(query, '0020000D');
      if (typeof study === 'string') return { answers: [seriesElements(study, `${study}.1`)] };
      return valueOf(query, '00080052') === 'STUDY'
        ? { answers: studies.map((uid) => studyElements(uid)) }
        : {};
    },
    [0],
  );
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const query: ArchiveQuery = { level: 'series', keys: {}, returnKeys: [], fuzzy: false };
  const answers = await Array.fromAsync(archive.find.find(query));
  expect(uidsOf(answers, '0020000D')).toEqual(studies);
});
