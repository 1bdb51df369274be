import fc from 'fast-check';
import { convertBytes } from 'dicom-character-set';
import { describe, expect, test } from 'vitest';
import { characterSetOf } from '../../../broker/dicom/character-set.ts';
import { decodeText, isPlain } from '../../../broker/dicom/text-decoder.ts';

/** Bytes as Latin-1 text, with `␛` for ESC. */
function bytes(text: string): Buffer {
  return Buffer.from(text.replaceAll('␛', '\x1b'), 'latin1');
}

function name(set: string, encoded: string): string {
  return decodeText(bytes(encoded), characterSetOf(set.split('\\')), 'names');
}

/** Examples of PS3.5 annexes H to K, and a name in each single-byte set. */
const examples: readonly (readonly [set: string, encoded: string, decoded: string])[] = [
  ['ISO_IR 6', 'Smith^John', 'Smith^John'],
  ['ISO_IR 100', 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
  ['ISO_IR 101', 'Wa\xb3\xeasa', 'Wałęsa'],
  ['ISO_IR 109', '\xd5ar\xfb', 'Ġarû'],
  ['ISO_IR 110', 'K\xe0k\xb3is', 'Kākŗis'],
  ['ISO_IR 144', '\xbb\xee\xda\x63\x65\xdc\xd1\xeb\x70\xd3', 'Люкceмбыpг'],
  ['ISO_IR 127', '\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1', 'قباني^لنزار'],
  ['ISO_IR 126', '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', 'Διονυσιος'],
  ['ISO_IR 138', '\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4', 'שרון^דבורה'],
  ['ISO_IR 148', '\xd6zg\xfcr I\xfe\xfdk', 'Özgür Işık'],
  ['ISO_IR 166', '\xca\xc1\xaa\xd2\xc2', 'สมชาย'],
  ['ISO_IR 203', '\xa4\xbd', '€œ'],
  ['ISO_IR 13', '\xd4\xcf\xc0\xde^\xc0\xdb\xb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
  ['ISO_IR 192', 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1', 'Wang^XiaoDong=王^小東'],
  ['GB18030', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab', 'Wang^XiaoDong=王^小东'],
  ['GBK', '\xcd\xf5^\xd0\xa1\xb6\xab', '王^小东'],
  [
    '\\ISO 2022 IR 87',
    'Yamada^Tarou=␛$B;3ED␛(B^␛$BB@O:␛(B=␛$B$d$^$@␛(B^␛$B$?$m$&␛(B',
    'Yamada^Tarou=山田^太郎=やまだ^たろう',
  ],
  [
    'ISO 2022 IR 13\\ISO 2022 IR 87',
    '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=␛$B;3ED␛(J^␛$BB@O:␛(J=␛$B$d$^$@␛(J^␛$B$?$m$&␛(J',
    'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  ],
  [
    '\\ISO 2022 IR 149',
    'Hong^Gildong=␛$)C\xfb\xf3^␛$)C\xd1\xce\xd4\xd7=␛$)C\xc8\xab^␛$)C\xb1\xe6\xb5\xbf',
    'Hong^Gildong=洪^吉洞=홍^길동',
  ],
  ['\\ISO 2022 IR 58', 'Zhang^XiaoDong=␛$)A\xd5\xc5^␛$)A\xd0\xa1\xb6\xab=', 'Zhang^XiaoDong=张^小东='],
  ['\\ISO 2022 IR 87\\ISO 2022 IR 159', '␛$(D0!␛(B ␛$B;3␛(B', '丂 山'],
  ['ISO 2022 IR 100\\ISO 2022 IR 144', 'J\xe9r\xf4me ␛-L\xbb\xee', 'Jérôme Лю'],
];

test.each(examples)('%j', (set, encoded, decoded) => {
  expect(name(set, encoded)).toBe(decoded);
});

describe('the npm package dicom-character-set says the same', () => {
  const different = new Set(['ISO_IR 203', 'ISO_IR 13']); // Does not know it; decodes only 0x20 to 0x7E as JIS X 0201.
  test.each(examples.filter(([set]) => !different.has(set)))('%j', (set, encoded, decoded) => {
    expect(convertBytes(set, bytes(encoded), { vr: 'PN' })).toBe(decoded);
  });
});

describe('delimiters', () => {
  test('put the initial sets back', () => {
    const set = 'ISO 2022 IR 100\\ISO 2022 IR 144';
    expect(name(set, '␛-L\xbb^\xe9')).toBe('Л^é');
    expect(name(set, '␛-L\xbb\\\xe9')).toBe('Л\\é');
    expect(name(set, '␛-L\xbb=\xe9')).toBe('Л=é');
    expect(name(set, '␛-L\xbb\r\n\xe9')).toBe('Л\r\né');
  });

  test('are those of the VR', () => {
    const set = characterSetOf(['ISO 2022 IR 100', 'ISO 2022 IR 144']);
    const text = bytes('␛-L\xbb^\xee\\\xee\n\xe9');
    expect(decodeText(text, set, 'names')).toBe('Л^î\\î\né');
    expect(decodeText(text, set, 'values')).toBe('Л^ю\\î\né');
    expect(decodeText(text, set, 'none')).toBe('Л^ю\\ю\né');
  });

  test('are not found in the second byte of a character', () => {
    // 0x3D, 0x5C and 0x5E are second bytes of these characters.
    expect(name('\\ISO 2022 IR 87', '␛$B9=␛(B^␛$B9\\␛(B^␛$B9^␛(B')).toBe('構^砿^閤');
    expect(name('ISO_IR 13', '\x8f\x5c')).toBe('十');
    expect(name('GB18030', '\x81\x5c^\x82\x5c')).toMatch(/^[^\\]\^[^\\]$/);
    expect(name('GBK', '\x81\x5c')).toBe('乗');
  });
});

describe('leniency', () => {
  test('without a set, UTF-8 is recognised and anything else is Latin-1', () => {
    expect(name('', 'J\xc3\xa9r\xc3\xb4me')).toBe('Jérôme');
    expect(name('', 'J\xe9r\xf4me')).toBe('Jérôme');
    expect(name('KLINGON', 'J\xe9r\xf4me')).toBe('Jérôme');
    expect(name('ISO_IR 6', '\x80 5')).toBe('€ 5');
  });

  test('escape sequences are honoured that the set does not announce', () => {
    expect(name('ISO_IR 100', '␛$B;3ED␛(B \xe9')).toBe('山田 é');
    expect(name('', '␛$B;3ED␛(B')).toBe('山田');
    expect(name('ISO_IR 13', '␛$B;3ED␛(J')).toBe('山田');
    expect(name('\\ISO 2022 IR 87', '␛$@;3ED␛(B')).toBe('山田');
  });

  test('a set named alone, without the empty first value, begins with ASCII', () => {
    expect(name('ISO 2022 IR 87', 'Yamada=␛$B;3ED␛(B')).toBe('Yamada=山田');
    expect(name('ISO 2022 IR 149', 'Hong=␛$)C\xfb\xf3')).toBe('Hong=洪');
  });

  test('a G1 set need not be designated again after a delimiter', () => {
    expect(name('\\ISO 2022 IR 149', '␛$)C\xfb\xf3^\xd1\xce\xd4\xd7')).toBe('洪^吉洞');
    expect(name('\\ISO 2022 IR 149', '\xfb\xf3')).toBe('洪');
  });

  test('two-byte text that forgets to return to ASCII ends at the end', () => {
    expect(name('\\ISO 2022 IR 87', '␛$B;3ED')).toBe('山田');
    expect(name('\\ISO 2022 IR 87', '␛$B;3ED\r\nA')).toBe('山田\r\nA');
  });

  test('bytes that mean nothing become U+FFFD', () => {
    expect(name('ISO_IR 192', 'a\xffb')).toBe('a\uFFFDb');
    expect(name('\\ISO 2022 IR 87', 'a␛%Xb␛')).toBe('a\uFFFDb\uFFFD');
    expect(name('ISO_IR 127', '\xff')).toBe('\uFFFD');
    expect(name('\\ISO 2022 IR 149', '␛$)C\xfb')).toBe('\uFFFD');
    expect(name('ISO 2022 IR 13\\ISO 2022 IR 87', '\xff')).toBe('\uFFFD');
  });

  test('no bytes in any set make it throw', () => {
    const sets = [...examples.map(([set]) => set), '', 'KLINGON'];
    fc.assert(
      fc.property(
        fc.constantFrom(...sets),
        fc.array(
          fc.oneof(fc.constantFrom(0x1b, 0x24, 0x28, 0x29, 0x42, 0x5c), fc.integer({ min: 0, max: 255 })),
        ),
        fc.constantFrom('none' as const, 'values' as const, 'names' as const),
        (set, raw, delimiters) => {
          const text = decodeText(Uint8Array.from(raw), characterSetOf(set.split('\\')), delimiters);
          expect(text.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('plain is what every set reads as ASCII', () => {
  expect(isPlain(bytes('Smith^John~\\'))).toBe(true);
  expect(isPlain(bytes('a␛'))).toBe(false);
  expect(isPlain(bytes('a\x80'))).toBe(false);
  expect(isPlain(bytes('\x80ab\x80'), 1, 3)).toBe(true);
});
