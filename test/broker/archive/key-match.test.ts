import { expect, test } from 'vitest';
import { contradicts } from '../../../broker/archive/key-match.ts';
import type { JsonValue } from '../../../broker/dicom/dicom-json.ts';

interface Case {
  readonly vr: string;
  readonly wanted: readonly string[];
  readonly values: readonly JsonValue[];
  readonly tag: string;
}

function isContradicted({ tag, vr, wanted, values }: Case): boolean {
  const answer = values.length === 0 ? {} : { [tag]: { vr, Value: values } };
  const query = {
    level: 'instance',
    keys: { [tag]: { vr, Value: wanted } },
    returnKeys: [],
    fuzzy: false,
  } as const;
  return contradicts(answer, query);
}

const id = { tag: '00100020', vr: 'LO' };
const name = { tag: '00100010', vr: 'PN' };
const date = { tag: '00080020', vr: 'DA' };
const uid = { tag: '0020000D', vr: 'UI' };

test.each<Case>([
  { ...id, wanted: ['A1'], values: ['A2'] },
  { ...id, wanted: ['a.c'], values: ['abc'] },
  { ...id, wanted: ['A?1'], values: ['A1'] },
  { ...name, wanted: ['DOE*'], values: [{ Alphabetic: 'ROE^JANE' }] },
  { ...date, wanted: ['20200101-20200131'], values: ['20200201'] },
  { ...date, wanted: ['20200101-'], values: ['20191231'] },
  { ...date, wanted: ['20200101'], values: ['20200102'] },
  { ...uid, wanted: ['1.2', '1.3'], values: ['1.4'] },
])('$wanted excludes $values', (each) => {
  expect(isContradicted(each)).toBe(true);
});

test.each<Case>([
  { ...id, wanted: ['a*1'], values: ['AB1'] },
  { ...id, wanted: ['A1', 'A2'], values: ['A2'] },
  { ...id, wanted: ['A1'], values: [] },
  { ...name, wanted: ['muller^*'], values: [{ Alphabetic: 'Müller^Jörg' }] },
  { ...name, wanted: ['*山田*'], values: [{ Alphabetic: 'Yamada', Ideographic: '山田^太郎' }] },
  { ...name, wanted: ['Jane Doe'], values: [{ Alphabetic: 'DOE^JANE' }] },
  { ...date, wanted: ['-20200131'], values: ['20191231'] },
  { ...date, wanted: ['20200101-20200131'], values: ['20200131'] },
  { ...uid, wanted: ['1.2', '1.3'], values: ['1.3'] },
  { tag: '00080030', vr: 'TM', wanted: ['10'], values: ['11'] },
  { tag: '00200013', vr: 'IS', wanted: ['1'], values: [2] },
])('$wanted may match $values', (each) => {
  expect(isContradicted(each)).toBe(false);
});
