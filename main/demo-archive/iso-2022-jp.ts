/** JIS X 0208 codes of the characters of the demo patient's name: kanji and hiragana (PS3.5 annex H.3). */
const jisX0208: ReadonlyMap<string, number> = new Map([
  ['山', 0x3b33],
  ['田', 0x4544],
  ['太', 0x4240],
  ['郎', 0x4f3a],
  ['や', 0x2464],
  ['ま', 0x245e],
  ['だ', 0x2440],
  ['た', 0x243f],
  ['ろ', 0x246d],
  ['う', 0x2426],
]);

const toJisX0208 = [0x1b, 0x24, 0x42];
const toAscii = [0x1b, 0x28, 0x42];

/**
 * Encodes text in `\ISO 2022 IR 87`: ASCII, and JIS X 0208 after an escape sequence (PS3.5 6.1.2.5).
 * ASCII is switched back to before every delimiter, as PS3.5 6.1.2.5.3 asks.
 * @throws Error for a character that is not in the small table above
 */
export function encodeIso2022Jp(text: string): Buffer {
  const bytes: number[] = [];
  let isAscii = true;
  for (const character of text) {
    const code = jisX0208.get(character);
    const ascii = character.charCodeAt(0);
    if (code === undefined && ascii > 0x7f) throw new Error(`No JIS X 0208 code is known for ${character}.`);
    if (isAscii !== (code === undefined)) bytes.push(...(isAscii ? toJisX0208 : toAscii));
    isAscii = code === undefined;
    if (code === undefined) bytes.push(ascii);
    else bytes.push(code >> 8, code & 0xff);
  }
  if (!isAscii) bytes.push(...toAscii);
  return Buffer.from(bytes);
}
