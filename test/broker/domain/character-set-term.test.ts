import { expect, test } from 'vitest';
import { definedTerm } from '../../../broker/domain/character-set-term.ts';

test.each([
  ['ISO_IR 100', 'ISO_IR 100'],
  ['ISO-IR 100', 'ISO_IR 100'],
  ['ISO IR 192', 'ISO_IR 192'],
  ['ISO_IR_192', 'ISO_IR 192'],
  ['iso_ir 144 ', 'ISO_IR 144'],
  ['ISO 2022 IR 13', 'ISO 2022 IR 13'],
  ['ISO_2022_IR_100', 'ISO 2022 IR 100'],
  ['ISO 2022-IR 87', 'ISO 2022 IR 87'],
  ['ISO_IR 87', 'ISO 2022 IR 87'],
  ['latin1', 'ISO_IR 100'],
  ['ISO-8859-1', 'ISO_IR 100'],
  ['ISO 8859-5', 'ISO_IR 144'],
  ['ISO8859_9', 'ISO_IR 148'],
  ['UTF-8', 'ISO_IR 192'],
  ['gb 18030', 'GB18030'],
  ['GB2312', 'GBK'],
  ['', ''],
  ['ISO_IR 999', undefined],
  ['KLINGON', undefined],
])('%j is the defined term %j', (written, term) => {
  expect(definedTerm(written)).toBe(term);
});
