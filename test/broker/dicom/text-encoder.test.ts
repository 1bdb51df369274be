import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { characterSetOf } from '../../../broker/dicom/character-set.ts';
import { codeElements } from '../../../broker/dicom/code-element.ts';
import { decodeText } from '../../../broker/dicom/text-decoder.ts';
import { chooseCharacterSet, encodeText } from '../../../broker/dicom/text-encoder.ts';
import { pydicomJson } from '../../support/pydicom.ts';

function encoded(text: string, set: string): string | undefined {
  const bytes = encodeText(text, set.split('\\'));
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1').replaceAll('\x1b', '␛');
}

const names: readonly (readonly [set: string, text: string])[] = [
  ['ISO_IR 100', 'Buc^Jérôme'],
  ['ISO_IR 101', 'Wałęsa^Lech'],
  ['ISO_IR 109', 'Ġarû'],
  ['ISO_IR 110', 'Kākŗis'],
  ['ISO_IR 144', 'Иванов^Иван'],
  ['ISO_IR 127', 'قباني^لنزار'],
  ['ISO_IR 126', 'Διονυσιος'],
  ['ISO_IR 138', 'שרון^דבורה'],
  ['ISO_IR 148', 'Özgür^Işık'],
  ['ISO_IR 166', 'นามสกุล^ชื่อ'],
  ['ISO_IR 13', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
  ['ISO_IR 192', 'Wang^XiaoDong=王^小東=😀'],
  ['GB18030', 'Wang^XiaoDong=王^小东=😀ö'],
  ['GBK', 'Wang^XiaoDong=王^小东'],
  ['\\ISO 2022 IR 87', 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
  ['ISO 2022 IR 13\\ISO 2022 IR 87', 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう'],
  ['\\ISO 2022 IR 87\\ISO 2022 IR 159', '山丂^丂田'],
  ['\\ISO 2022 IR 149', 'Hong^Gildong=洪^吉洞=홍^길동'],
  ['\\ISO 2022 IR 58', 'Zhang^XiaoDong=张^小东='],
  ['ISO 2022 IR 100\\ISO 2022 IR 144', 'Jérôme^Люкс'],
];

describe('a name', () => {
  test.each(names)('in %j is read back', (set, text) => {
    const bytes = encodeText(text, set.split('\\'));
    expect(bytes).toBeDefined();
    expect(decodeText(bytes!, characterSetOf(set.split('\\')), 'names')).toBe(text);
  });

  test('is read by pydicom as the same', async () => {
    const rows = names.map(([set, text]) => ({
      set: set.split('\\'),
      bytes: Buffer.from(encodeText(text, set.split('\\'))!).toString('hex'),
    }));
    const read = await pydicomJson(
      `
import json, sys
from pydicom.charset import convert_encodings, decode_bytes
print(json.dumps([
    decode_bytes(bytes.fromhex(row['bytes']), convert_encodings(row['set']), {0x5c, 0x5e, 0x3d})
    for row in json.loads(sys.argv[1])
]))`,
      [JSON.stringify(rows)],
    );
    // pydicom 2.3 leaves the escape sequence of ISO-IR 58 in the text that it decodes.
    const texts = (read as string[]).map((text) => text.replaceAll('\x1b$)A', ''));
    expect(texts).toEqual(names.map(([, text]) => text));
  });
});

test('PS3.5 examples H.3.1, H.3.2 and I.2 come out byte for byte', () => {
  expect(encoded('Yamada^Tarou=山田^太郎=やまだ^たろう', '\\ISO 2022 IR 87')).toBe(
    'Yamada^Tarou=␛$B;3ED␛(B^␛$BB@O:␛(B=␛$B$d$^$@␛(B^␛$B$?$m$&␛(B',
  );
  expect(encoded('ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう', 'ISO 2022 IR 13\\ISO 2022 IR 87')).toBe(
    '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=␛$B;3ED␛(J^␛$BB@O:␛(J=␛$B$d$^$@␛(J^␛$B$?$m$&␛(J',
  );
  expect(encoded('Hong^Gildong=洪^吉洞=홍^길동', '\\ISO 2022 IR 149')).toBe(
    'Hong^Gildong=␛$)C\xfb\xf3^␛$)C\xd1\xce\xd4\xd7=␛$)C\xc8\xab^␛$)C\xb1\xe6\xb5\xbf',
  );
});

test.each([
  ['Müller', ''],
  ['Müller', 'ISO_IR 6'],
  ['山田', 'ISO_IR 100'],
  ['Ж', 'ISO_IR 100'],
  ['\u0085', 'ISO_IR 100'],
  ['€', 'ISO_IR 100'],
  ['山田', 'ISO_IR 13'],
  ['é', '\\ISO 2022 IR 87'],
  ['张', '\\ISO 2022 IR 87'],
  ['😀', 'GBK'],
  ['ö', 'GBK'],
  ['a\x1b$B', 'ISO_IR 192'],
  ['a\x1b$B', ''],
  ['\ud800', 'ISO_IR 192'],
  ['Müller', 'KLINGON'],
])('%j cannot be written in %j', (text, set) => {
  expect(encodeText(text, set.split('\\'))).toBeUndefined();
});

test('the wave dash and its like find the character that Japanese tables have for them', () => {
  expect(encoded('〜−', '\\ISO 2022 IR 87')).toBe('␛$B!A!]␛(B');
});

test('the reverse tables hold the characters of each set, and no more', () => {
  const size = (registration: number): number =>
    codeElements.find((element) => element.registration === registration)!.codes().size;
  expect(size(100)).toBe(96);
  expect(size(87)).toBe(6879);
  expect(size(58)).toBe(7445);
  expect(size(13)).toBe(63);
});

test('what can be written in a set is read back as it was', () => {
  const sets = [...names.map(([set]) => set), ''];
  const characters = fc.constantFrom(
    ...new Set(names.flatMap(([, text]) => Array.from(text))),
    ' ',
    '\n',
    '\\',
    'ä',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...sets),
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: characters },
          { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 1 }) },
        ),
      ),
      (set, parts) => {
        const text = parts.join('');
        const bytes = encodeText(text, set.split('\\'));
        if (bytes === undefined) return;
        expect(decodeText(bytes, characterSetOf(set.split('\\')), 'names')).toBe(text);
      },
    ),
    { numRuns: 5000 },
  );
});

test('every character of the Basic Multilingual Plane that GB18030 takes is read back', () => {
  const set = characterSetOf(['GB18030']);
  let text = '';
  for (let point = 0x80; point <= 0xffff; point++) {
    if (point < 0xd800 || point > 0xdfff) text += String.fromCharCode(point);
  }
  const writable = Array.from(text)
    .filter((character) => encodeText(character, ['GB18030']) !== undefined)
    .join('');
  expect(writable.length).toBeGreaterThan(63_000);
  expect(decodeText(encodeText(writable, ['GB18030'])!, set, 'none')).toBe(writable);
});

describe('chooseCharacterSet', () => {
  const preferred = ['ISO_IR 100', '\\ISO 2022 IR 87', 'GB18030'];
  test.each([
    [['Smith*', '?'], []],
    [[], []],
    [['Smith', 'Müller'], ['ISO_IR 100']],
    [['山田'], ['', 'ISO 2022 IR 87']],
    [['山田', 'Müller'], ['GB18030']],
    [['\u200f\ud83d\ude00'], ['GB18030']],
  ])('%j', (texts, terms) => {
    const chosen = chooseCharacterSet(texts, preferred);
    expect(chosen).toEqual(terms);
    for (const text of texts) expect(encodeText(text, chosen)).toBeDefined();
  });

  test('falls back to UTF-8', () => {
    expect(chooseCharacterSet(['山田', 'Müller'], ['ISO_IR 100', 'KLINGON'])).toEqual(['ISO_IR 192']);
    expect(chooseCharacterSet(['Müller'], [])).toEqual(['ISO_IR 192']);
  });
});
