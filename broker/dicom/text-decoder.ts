import { isUtf8 } from 'node:buffer';
import type { CharacterSet } from './character-set.ts';
import { codeElement, codeElements, type CodeElement } from './code-element.ts';

const escape = 0x1b;
const replacement = '\uFFFD';
const latin1 = codeElement(100)!;
const gb18030 = new TextDecoder('gb18030');
const shiftJis = new TextDecoder('shift_jis');

/** Which bytes delimit text besides line ends: nothing, values, or values and parts of a name. */
export type Delimiters = 'none' | 'values' | 'names';

/**
 * Decodes the value field of a text attribute as a whole. Splitting at `\`, `^` and `=` must come
 * after it: in Shift JIS, GB18030 and two-byte ISO 2022 sets those bytes are also parts of characters.
 * Bytes that mean nothing become U+FFFD; it never throws. Without a declared set, UTF-8 is
 * recognised and anything else read as Latin-1, since that is what systems that omit it send.
 */
export function decodeText(bytes: Uint8Array, set: CharacterSet, delimiters: Delimiters): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isPlain(bytes)) return buffer.toString('latin1');
  if (set.kind === 'unicode') return buffer.toString('utf8');
  if (set.kind === 'gb18030' || set.kind === 'gbk') return gb18030.decode(bytes);
  if (!bytes.includes(escape)) {
    if (set.kind === 'default' && isUtf8(bytes)) return buffer.toString('utf8');
    if (set.kind === 'shift-jis') return shiftJis.decode(bytes);
  }
  return decodeCodeExtensions(bytes, set, delimiters);
}

/** True where every set reads the bytes from `start` to `end` as ASCII. */
export function isPlain(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (byte >= 0x80 || byte === escape) return false;
  }
  return true;
}

/** PS3.5 section 6.1.2.5. Every escape sequence that DICOM knows is honoured, also undeclared ones. */
function decodeCodeExtensions(bytes: Uint8Array, set: CharacterSet, delimiters: Delimiters): string {
  let text = '';
  let { g0, g1 } = set;
  // For writers that do not designate the set again after a delimiter, as they should.
  let usualG1 = g1 ?? set.elements.find((element) => element.region === 'G1') ?? latin1;
  let position = 0;
  while (position < bytes.length) {
    const byte = bytes[position]!;
    if (byte === escape) {
      const element = designated(bytes, position + 1);
      if (element?.region === 'G0') g0 = element;
      if (element?.region === 'G1') usualG1 = g1 = element;
      if (element === undefined) text += replacement;
      position += 1 + (element?.escape.length ?? unknownEscapeLength(bytes, position + 1));
      continue;
    }
    const element: CodeElement = byte >= 0x80 ? (g1 ?? usualG1) : g0;
    const end = runEnd(bytes, position, element);
    if (end > position) {
      text += element.decode(bytes.subarray(position, end));
      position = end;
      continue;
    }
    text += byte < 0x80 ? String.fromCharCode(byte) : replacement;
    if (resets(byte, delimiters)) ({ g0, g1 } = set);
    position++;
  }
  return text;
}

/** Where the bytes of `element` that begin at `start` end; `start` where a delimiter or half a character is. */
function runEnd(bytes: Uint8Array, start: number, element: CodeElement): number {
  const high = bytes[start]! & 0x80;
  let end = start;
  if (element.width === 1) {
    // One at a time in the lower half, where each byte may be a delimiter.
    while (high !== 0 && end < bytes.length && bytes[end]! >= 0x80) end++;
    return end;
  }
  while (end + 1 < bytes.length && isGraphic(bytes[end]!, high) && isGraphic(bytes[end + 1]!, high)) end += 2;
  return end;
}

function isGraphic(byte: number, high: number): boolean {
  return (byte & 0x80) === high && (byte & 0x7f) > 0x20 && (byte & 0x7f) < 0x7f;
}

/** Line ends and tabs reset everywhere, `\` between values, `^` and `=` in names (PS3.5 section 6.1.2.5.3). */
function resets(byte: number, delimiters: Delimiters): boolean {
  if (byte === 0x0a || byte === 0x0c || byte === 0x0d || byte === 0x09) return true;
  if (byte === 0x5c) return delimiters !== 'none';
  return delimiters === 'names' && (byte === 0x5e || byte === 0x3d);
}

function designated(bytes: Uint8Array, start: number): CodeElement | undefined {
  return codeElements.find((element) => element.escape.every((byte, index) => bytes[start + index] === byte));
}

/** Intermediate bytes (0x20 to 0x2F) and one final byte (ISO 2022), without the ESC. */
function unknownEscapeLength(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end]! >= 0x20 && bytes[end]! <= 0x2f) end++;
  return end < bytes.length && bytes[end]! >= 0x30 && bytes[end]! < 0x7f ? end - start + 1 : end - start;
}
