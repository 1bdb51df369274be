import type { Vr } from '../domain/vr.ts';
import { hasLongLength } from '../domain/vr.ts';

/** Bytes of each buffer that is given out, but the last one. */
const bufferSize = 64 * 1024;
const longestHeader = 12;

/**
 * Writes the parts of a data set in Explicit VR Little Endian (PS3.5 A.2), or in Implicit VR Little Endian
 * (A.1), into buffers of equal size.
 */
export class ExplicitWriter {
  #full: Buffer[] = [];
  #buffer = Buffer.allocUnsafeSlow(bufferSize);
  #used = 0;
  readonly #isImplicit: boolean;

  constructor({ isImplicit = false }: { readonly isImplicit?: boolean } = {}) {
    this.#isImplicit = isImplicit;
  }

  /** An element's header (PS3.5 section 7.1.2); the VR must be able to have that length. */
  elementHeader(tag: number, vr: Vr, length: number): void {
    if (this.#isImplicit) {
      this.delimiter(tag, length);
      return;
    }
    this.#makeRoom(longestHeader);
    this.#tag(tag);
    this.#buffer.writeUInt8(vr.charCodeAt(0), this.#used);
    this.#buffer.writeUInt8(vr.charCodeAt(1), this.#used + 1);
    if (hasLongLength(vr)) {
      this.#buffer.writeUInt16LE(0, this.#used + 2);
      this.#buffer.writeUInt32LE(length, this.#used + 4);
      this.#used += 8;
    } else {
      this.#buffer.writeUInt16LE(length, this.#used + 2);
      this.#used += 4;
    }
  }

  /** The start of an item, or a delimiter (PS3.5 section 7.5): a tag and a length. */
  delimiter(tag: number, length: number): void {
    this.#makeRoom(longestHeader);
    this.#tag(tag);
    this.#buffer.writeUInt32LE(length, this.#used);
    this.#used += 4;
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): void {
    this.#copy(bytes, 1);
  }

  /** Whole numbers of that many bytes, each turned round. */
  reversed(bytes: Uint8Array, unit: 2 | 4 | 8): void {
    this.#copy(bytes, unit);
  }

  /** The buffers that are full, or all of them where nothing follows. They belong to the caller. */
  take(isLast: boolean): Buffer[] {
    if (isLast) this.#flush();
    const full = this.#full;
    this.#full = [];
    return full;
  }

  #copy(bytes: Uint8Array, unit: 1 | 2 | 4 | 8): void {
    for (let at = 0; at < bytes.length;) {
      this.#makeRoom(unit);
      const room = bufferSize - this.#used;
      const length = Math.min(bytes.length - at, room - (room % unit));
      this.#buffer.set(bytes.subarray(at, at + length), this.#used);
      reverse(this.#buffer.subarray(this.#used, this.#used + length), unit);
      this.#used += length;
      at += length;
    }
  }

  #tag(tag: number): void {
    this.#buffer.writeUInt16LE(tag >>> 16, this.#used);
    this.#buffer.writeUInt16LE(tag & 0xffff, this.#used + 2);
    this.#used += 4;
  }

  #makeRoom(length: number): void {
    if (bufferSize - this.#used < length) this.#flush();
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#full.push(this.#buffer.subarray(0, this.#used));
    this.#buffer = Buffer.allocUnsafeSlow(bufferSize);
    this.#used = 0;
  }
}

function reverse(numbers: Buffer, unit: 1 | 2 | 4 | 8): void {
  if (unit === 2) numbers.swap16();
  else if (unit === 4) numbers.swap32();
  else if (unit === 8) numbers.swap64();
}
