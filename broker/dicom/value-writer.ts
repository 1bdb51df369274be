import type { Vr } from '../domain/vr.ts';
import { byteOrderUnit, usesCharacterSet } from '../domain/vr.ts';
import type { ElementStart } from './element-handler.ts';
import type { ExplicitWriter } from './explicit-writer.ts';

/** VRs of text besides those that a character set applies to, but UI: padded with a space (PS3.5 section 6.2). */
const asciiText: ReadonlySet<Vr> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UR']);

/**
 * Writes the value of one element after the other in little endian, from pieces that may be cut
 * anywhere, also within a number.
 */
export class ValueWriter {
  readonly #writer: ExplicitWriter;
  #unit: 1 | 2 | 4 | 8 = 1;
  /** The first bytes of a number that a piece ended in. */
  readonly #cut = new Uint8Array(8);
  #cutLength = 0;
  #padding: Uint8Array | undefined;

  constructor(writer: ExplicitWriter) {
    this.#writer = writer;
  }

  /** A value begins, of that VR and as the element is laid out. */
  begin({ layout, length }: ElementStart, vr: Vr): void {
    this.#unit = layout.bigEndian ? byteOrderUnit(vr) : 1;
    this.#cutLength = 0;
    this.#padding = length % 2 === 0 ? undefined : paddingOf(vr);
  }

  write(bytes: Uint8Array): void {
    const unit = this.#unit;
    if (unit === 1) {
      this.#writer.bytes(bytes);
      return;
    }
    const completing = this.#cutLength === 0 ? 0 : Math.min(unit - this.#cutLength, bytes.length);
    this.#keep(bytes.subarray(0, completing));
    if (this.#cutLength === unit) {
      this.#writer.reversed(this.#cut.subarray(0, unit), unit);
      this.#cutLength = 0;
    }
    const end = bytes.length - ((bytes.length - completing) % unit);
    this.#writer.reversed(bytes.subarray(completing, end), unit);
    this.#keep(bytes.subarray(end));
  }

  /** The value is whole: writes what is left of a number that the value itself cut, and the padding. */
  end(): void {
    if (this.#cutLength > 0) this.#writer.bytes(this.#cut.subarray(0, this.#cutLength));
    if (this.#padding !== undefined) this.#writer.bytes(this.#padding);
  }

  #keep(bytes: Uint8Array): void {
    this.#cut.set(bytes, this.#cutLength);
    this.#cutLength += bytes.length;
  }
}

const space = Uint8Array.of(0x20);
const nul = Uint8Array.of(0);

function paddingOf(vr: Vr): Uint8Array {
  return asciiText.has(vr) || usesCharacterSet(vr) ? space : nul;
}
