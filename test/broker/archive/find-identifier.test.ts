import { expect, test } from 'vitest';
import { findIdentifiers, type FindStep, textsOf } from '../../../broker/archive/find-identifier.ts';
import { tidyAnswer, unmatchedKeys } from '../../../broker/archive/find-answer.ts';
import { negotiatedSupport, findExtendedNegotiation } from '../../../broker/archive/find-negotiation.ts';
import { levelOf } from '../../../broker/archive/attribute-level.ts';
import type { Uid } from '../../../broker/domain/uid.ts';

const study = '1.2' as Uid;
const series = '1.3' as Uid;

function step(changes: Partial<FindStep>): FindStep {
  return { level: 'study', keys: {}, returnKeys: [], study: undefined, series: undefined, ...changes };
}

test('level, unique keys down to it, keys to match and keys to return', () => {
  const keys = { '00100020': { vr: 'LO', Value: ['A'] } };
  expect(findIdentifiers(step({ keys, returnKeys: ['00100010', '00081030'] }))).toEqual([
    {
      '00080052': { vr: 'CS', Value: ['STUDY'] },
      '00081030': { vr: 'LO' },
      '00100010': { vr: 'PN' },
      '00100020': { vr: 'LO', Value: ['A'] },
      '0020000D': { vr: 'UI' },
    },
  ]);
  expect(findIdentifiers(step({ level: 'instance', study, series }))).toEqual([
    {
      '00080018': { vr: 'UI' },
      '00080052': { vr: 'CS', Value: ['IMAGE'] },
      '0020000D': { vr: 'UI', Value: ['1.2'] },
      '0020000E': { vr: 'UI', Value: ['1.3'] },
    },
  ]);
});

test('a private attribute is asked for with its creator', () => {
  const [identifier] = findIdentifiers(step({ returnKeys: ['00091002'] }));
  expect(identifier).toMatchObject({ '00090010': { vr: 'LO' }, '00091002': { vr: 'UN' } });
});

test('a list of UIDs is split at a hundred', () => {
  const uids = Array.from({ length: 250 }, (_, index) => `1.2.${index}`);
  const identifiers = findIdentifiers(step({ keys: { '0020000D': { vr: 'UI', Value: uids } } }));
  const lists = identifiers.map((identifier) => identifier['0020000D']?.Value ?? []);
  expect(lists.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(lists.flat()).toEqual(uids);
});

test.each([[[]], [['']], [['1.2', '']], [[null]]])('the empty UID in %j never leaves', (values) => {
  expect(() => findIdentifiers(step({ keys: { '0020000D': { vr: 'UI', Value: values } } }))).toThrow(
    /empty UID/,
  );
});

test('texts that need a character set, also within sequences', () => {
  const texts = textsOf({
    '00080060': { vr: 'CS', Value: ['CT'] },
    '00100010': { vr: 'PN', Value: ['A', { Ideographic: '山' }] },
    '00400275': { vr: 'SQ', Value: [{ '00400007': { vr: 'LO', Value: ['B'] } }] },
  });
  expect(texts).toEqual(['A', '山', 'B']);
});

test('an answer gets the UIDs of the levels above and loses what belongs to C-FIND', () => {
  const answer = {
    '00080052': { vr: 'CS', Value: ['SERIES'] },
    '0020000E': { vr: 'UI', Value: ['1.3 '] },
    '00080060': { vr: 'CS' },
  };
  expect(tidyAnswer(answer, step({ level: 'series', study }))).toEqual({
    '0020000D': { vr: 'UI', Value: ['1.2'] },
    '0020000E': { vr: 'UI', Value: ['1.3'] },
    '00080060': { vr: 'CS' },
  });
});

test.each([[{}], [{ '0020000E': { vr: 'UI' } }], [{ '0020000E': { vr: 'UI', Value: ['no uid'] } }]])(
  'an answer without its unique key is none: %j',
  (answer) => {
    expect(tidyAnswer(answer, step({ level: 'series', study }))).toBeUndefined();
  },
);

test('keys that were not matched', () => {
  const keys = {
    '00080061': { vr: 'CS', Value: ['CT'] },
    '00100010': { vr: 'PN', Value: ['A*'] },
    '00081030': { vr: 'LO' },
  };
  expect(unmatchedKeys({ '00100010': { vr: 'PN', Value: ['A'] } }, keys, false)).toEqual(['00080061']);
  expect(unmatchedKeys({ '00080061': { vr: 'CS' }, '00100010': { vr: 'PN' } }, keys, false)).toEqual([]);
  expect(unmatchedKeys({ '00080061': { vr: 'CS' }, '00100010': { vr: 'PN' } }, keys, true)).toEqual([
    '00080061',
    '00100010',
  ]);
});

test('extended negotiation: what is proposed and what an answer means', () => {
  const [literal] = findExtendedNegotiation(false);
  const [fuzzy] = findExtendedNegotiation(true);
  expect([...(literal?.information ?? [])]).toEqual([1, 1, 0]);
  expect([...(fuzzy?.information ?? [])]).toEqual([1, 1, 1]);
  const answered = (...bytes: number[]): unknown =>
    negotiatedSupport({ extended: [{ sopClass: literal?.sopClass ?? '', information: Buffer.from(bytes) }] });
  expect(answered(1, 1, 1)).toEqual({ relational: true, fuzzy: true });
  expect(answered(1)).toEqual({ relational: true, fuzzy: false });
  expect(answered(0, 0, 0)).toEqual({ relational: false, fuzzy: false });
  expect(negotiatedSupport({ extended: [] })).toEqual({ relational: undefined, fuzzy: undefined });
});

test('levels of attributes', () => {
  expect(
    ['00100010', '00109999', '00080020', '00080060', '0020000E', '00200013', '00080070'].map(levelOf),
  ).toEqual(['study', 'study', 'study', 'series', 'series', 'instance', undefined]);
});
