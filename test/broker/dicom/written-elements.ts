import { hasLongLength } from '../../../broker/domain/vr.ts';

/** Bytes of elements written by hand, wrong ones included: nothing is checked or padded. */
export class ElementBytes {
  readonly #explicit: boolean;
  readonly #bigEndian: boolean;

  constructor(form: { explicit: boolean; bigEndian?: boolean }) {
    this.#explicit = form.explicit;
    this.#bigEndian = form.bigEndian ?? false;
  }

  /** An element; `length` says something else than the value's own length. */
  element(tag: number, vr: string, value: Buffer | string = '', length?: number): Buffer {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
    return Buffer.concat([this.header(tag, vr, length ?? bytes.length), bytes]);
  }

  header(tag: number, vr: string, length: number): Buffer {
    if (!this.#explicit) return this.#pair(tag, this.#number(length, 4));
    const letters = Buffer.from(vr, 'latin1');
    return hasLongLength(vr)
      ? this.#pair(tag, letters, Buffer.alloc(2), this.#number(length, 4))
      : this.#pair(tag, letters, this.#number(length, 2));
  }

  /** An item or delimiter. */
  item(tag: 0xfffee000 | 0xfffee00d | 0xfffee0dd, length: number): Buffer {
    return this.#pair(tag, this.#number(length, 4));
  }

  /** Numbers of that many bytes each. */
  numbers(size: 1 | 2 | 4, ...values: number[]): Buffer {
    return Buffer.concat(values.map((value) => this.#number(value, size)));
  }

  #pair(tag: number, ...rest: Buffer[]): Buffer {
    return Buffer.concat([this.#number(tag >>> 16, 2), this.#number(tag & 0xffff, 2), ...rest]);
  }

  #number(value: number, size: number): Buffer {
    const bytes = Buffer.alloc(size);
    if (this.#bigEndian) bytes.writeUIntBE(value, 0, size);
    else bytes.writeUIntLE(value, 0, size);
    return bytes;
  }
}

export const implicit = new ElementBytes({ explicit: false });
export const explicit = new ElementBytes({ explicit: true });
export const explicitBig = new ElementBytes({ explicit: true, bigEndian: true });

export const item = 0xfffee000;
export const itemDelimitation = 0xfffee00d;
export const sequenceDelimitation = 0xfffee0dd;
export const undefinedLength = 0xffffffff;
