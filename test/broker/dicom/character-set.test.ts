import { expect, test } from 'vitest';
import { characterSetOf, defaultCharacterSet } from '../../../broker/dicom/character-set.ts';

test('no value, empty values and ISO_IR 6 are the default repertoire', () => {
  expect(defaultCharacterSet.kind).toBe('default');
  for (const values of [[], [''], ['ISO_IR 6'], ['', ''], ['ISO 2022 IR 6']]) {
    expect(characterSetOf(values).kind).toBe('default');
  }
});

test('unknown terms are listed and otherwise skipped', () => {
  const set = characterSetOf(['KLINGON', 'ISO_IR 100']);
  expect(set.unknown).toEqual(['KLINGON']);
  expect(set.terms).toEqual(['ISO_IR 100']);
  expect(set.kind).toBe('single-byte');
});

test('ISO_IR 192, GB18030 and GBK stand alone', () => {
  expect(characterSetOf(['ISO_IR 192', 'ISO 2022 IR 87'])).toMatchObject({
    kind: 'unicode',
    terms: ['ISO_IR 192'],
  });
  expect(characterSetOf(['GB18030', 'ISO_IR 100'])).toMatchObject({ kind: 'gb18030', terms: ['GB18030'] });
  expect(characterSetOf(['GBK'])).toMatchObject({ kind: 'gbk' });
});

test.each([
  [['ISO_IR 100'], 6, 100],
  [['ISO_IR 13'], 14, 13],
  [['', 'ISO 2022 IR 87'], 6, undefined],
  [['ISO 2022 IR 87'], 6, undefined],
  [['', 'ISO 2022 IR 149'], 6, undefined],
  [['ISO 2022 IR 13', 'ISO 2022 IR 87'], 14, 13],
  [['ISO_IR 100', 'ISO 2022 IR 144'], 6, 100],
])('%j begins with ISO-IR %i in G0 and %j in G1', (values, g0, g1) => {
  const set = characterSetOf(values);
  expect([set.g0.registration, set.g1?.registration]).toEqual([g0, g1]);
});

test('a peer cannot make the cache grow by inventing names', () => {
  for (let index = 0; index < 1000; index++) characterSetOf([`INVENTED ${index}`]);
  expect(characterSetOf(['INVENTED 999'])).not.toBe(characterSetOf(['INVENTED 999']));
  expect(characterSetOf(['INVENTED 999'])).toEqual(characterSetOf(['INVENTED 999']));
});
