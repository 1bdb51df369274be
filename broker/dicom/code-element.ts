/** One coded character set that ISO 2022 can put into the lower (G0) or upper (G1) half of the code. */
export interface CodeElement {
  /** Registration number in the ISO-IR register, as in `ISO 2022 IR 87`. */
  readonly registration: number;
  readonly region: 'G0' | 'G1';
  /** Bytes per character. */
  readonly width: 1 | 2;
  /** The bytes that designate it, without the leading ESC. */
  readonly escape: readonly number[];
  /** Decodes bytes that are all of this element; what has no character becomes U+FFFD. */
  decode(bytes: Uint8Array): string;
  /** Code by character, seven bits per byte; built at first use. */
  codes(): ReadonlyMap<string, number>;
}

const replacement = '\uFFFD';

const ascii: CodeElement = {
  registration: 6,
  region: 'G0',
  width: 1,
  escape: [...Buffer.from('(B')],
  decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
  codes: once(() => new Map(Array.from({ length: 128 }, (_, code) => [String.fromCharCode(code), code]))),
};

/** The characters of bytes 0x80 to 0xFF in a single-byte encoding, by the WHATWG label. */
function upperHalf(label: string): string[] {
  const decoder = new TextDecoder(label);
  return Array.from({ length: 128 }, (_, index) => decoder.decode(Uint8Array.of(0x80 + index)));
}

function singleByte(registration: number, escape: string, characters: () => string[]): CodeElement {
  const table = once(characters);
  return {
    registration,
    region: 'G1',
    width: 1,
    escape: [...Buffer.from(escape)],
    decode(bytes) {
      let text = '';
      for (const byte of bytes) text += table()[byte & 0x7f]!;
      return text;
    },
    // Codes 0x80 to 0x9F are control characters of ISO 8859: read as Windows means them, never written.
    codes: once(() => codesOf(table().map((character, index) => [character, index < 0x20 ? -1 : index]))),
  };
}

interface DoubleByte {
  readonly registration: number;
  readonly region: 'G0' | 'G1';
  readonly escape: string;
  /** WHATWG label of an encoding that has the set in its upper half. */
  readonly label: string;
  /** Byte that this encoding puts before each character of the set. */
  readonly prefix?: number;
  /** True for a row and cell (each 1 to 94) that the set itself defines, not an extension of it. */
  readonly defines: (row: number, cell: number) => boolean;
}

function doubleByte(set: DoubleByte): CodeElement {
  const decoder = new TextDecoder(set.label);
  return {
    registration: set.registration,
    region: set.region,
    width: 2,
    escape: [...Buffer.from(set.escape)],
    decode: (bytes) => decoder.decode(inUpperHalf(bytes, set.prefix)),
    codes: once(() => {
      const pairs: [string, number][] = [];
      for (let row = 1; row <= 94; row++) {
        for (let cell = 1; cell <= 94; cell++) {
          if (!set.defines(row, cell)) continue;
          const bytes = Uint8Array.of(0x20 + row, 0x20 + cell);
          pairs.push([decoder.decode(inUpperHalf(bytes, set.prefix)), ((0x20 + row) << 8) | (0x20 + cell)]);
        }
      }
      return codesOf(pairs);
    }),
  };
}

function inUpperHalf(bytes: Uint8Array, prefix: number | undefined): Uint8Array {
  if (prefix === undefined) return bytes.map((byte) => byte | 0x80);
  const prefixed: number[] = [];
  bytes.forEach((byte, index) => prefixed.push(...(index % 2 === 0 ? [prefix, byte | 0x80] : [byte | 0x80])));
  return Uint8Array.from(prefixed);
}

function codesOf(pairs: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const codes = new Map<string, number>();
  for (const [character, code] of pairs) {
    // Encodings fill the gaps of the sets that they stem from with private-use characters.
    if (code >= 0 && /^[^\uE000-\uF8FF\uFFFD]$/.test(character) && !codes.has(character)) {
      codes.set(character, code);
    }
  }
  return codes;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const jisRows = (row: number): boolean => row <= 8 || (row >= 16 && row <= 84);
const allRows = (): boolean => true;

/** GB 2312-80 without what GBK put into its gaps. */
function inGb2312(row: number, cell: number): boolean {
  if (row === 2)
    return (cell >= 17 && cell <= 66) || (cell >= 69 && cell <= 78) || (cell >= 81 && cell <= 92);
  if (row === 6) return cell <= 24 || (cell >= 33 && cell <= 56);
  if (row === 8) return cell <= 26 || (cell >= 37 && cell <= 73);
  if (row === 9) return cell >= 4 && cell <= 79;
  return row <= 9 || (row >= 16 && row <= 87);
}

const halfWidthKatakana = (): string[] =>
  Array.from({ length: 128 }, (_, index) =>
    index >= 0x21 && index <= 0x5f ? String.fromCharCode(0xff40 + index) : replacement,
  );

const latin = (registration: number, escape: string, label: string): CodeElement =>
  singleByte(registration, escape, () => upperHalf(label));

/** The elements of PS3.3 tables C.12-3 and C.12-4, with the escape sequences that designate them. */
export const codeElements: readonly CodeElement[] = [
  ascii,
  latin(100, '-A', 'windows-1252'),
  latin(101, '-B', 'iso-8859-2'),
  latin(109, '-C', 'iso-8859-3'),
  latin(110, '-D', 'iso-8859-4'),
  latin(144, '-L', 'iso-8859-5'),
  latin(127, '-G', 'iso-8859-6'),
  latin(126, '-F', 'iso-8859-7'),
  latin(138, '-H', 'iso-8859-8'),
  latin(148, '-M', 'windows-1254'),
  latin(203, '-b', 'iso-8859-15'),
  latin(166, '-T', 'windows-874'),
  // JIS X 0201: its romaji differ from ASCII in 0x5C and 0x7E only, which DICOM uses as ASCII does.
  { ...ascii, registration: 14, escape: [...Buffer.from('(J')] },
  singleByte(13, ')I', halfWidthKatakana),
  doubleByte({ registration: 87, region: 'G0', escape: '$B', label: 'euc-jp', defines: jisRows }),
  // JIS C 6226-1978, the edition before ISO-IR 87: old Japanese systems still announce it.
  doubleByte({ registration: 42, region: 'G0', escape: '$@', label: 'euc-jp', defines: jisRows }),
  doubleByte({
    registration: 159,
    region: 'G0',
    escape: '$(D',
    label: 'euc-jp',
    prefix: 0x8f,
    defines: allRows,
  }),
  doubleByte({ registration: 149, region: 'G1', escape: '$)C', label: 'euc-kr', defines: allRows }),
  doubleByte({ registration: 58, region: 'G1', escape: '$)A', label: 'gb18030', defines: inGb2312 }),
];

/** The element of that ISO-IR registration number. */
export function codeElement(registration: number): CodeElement | undefined {
  return codeElements.find((element) => element.registration === registration);
}
