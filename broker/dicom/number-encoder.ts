import type { Vr } from '../domain/vr.ts';
import type { JsonValue } from './dicom-json.ts';
import { UnfitValue } from './unfit-value.ts';

/** The bytes of one binary number. Throws UnfitValue where the VR cannot hold it. */
export type EncodeNumber = (value: JsonValue, bigEndian: boolean) => Buffer;

interface IntegerForm {
  readonly size: 2 | 4 | 8;
  readonly signed: boolean;
}

const integerForms: readonly (readonly [Vr, IntegerForm])[] = [
  ['US', { size: 2, signed: false }],
  ['SS', { size: 2, signed: true }],
  ['UL', { size: 4, signed: false }],
  ['SL', { size: 4, signed: true }],
  ['UV', { size: 8, signed: false }],
  ['SV', { size: 8, signed: true }],
];

function integerEncoder(vr: Vr, { size, signed }: IntegerForm): EncodeNumber {
  const bits = BigInt(size * 8);
  return (value, bigEndian) => {
    const integer = integerOf(value, vr);
    const unsigned = BigInt.asUintN(Number(bits), integer);
    if ((signed ? BigInt.asIntN(Number(bits), integer) : unsigned) !== integer) {
      throw new UnfitValue(`has ${integer}, which VR ${vr} (${bits} bits) cannot hold`);
    }
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(unsigned);
    const end = bytes.subarray(8 - size);
    return bigEndian ? end : end.reverse();
  };
}

function integerOf(value: JsonValue, vr: Vr): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value)) return BigInt(value.replace('+', ''));
  throw new UnfitValue(`has a value that is no integer, which VR ${vr} takes`);
}

function realOf(value: JsonValue, vr: Vr): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return NaN;
  if (value === 'inf') return Infinity;
  if (value === '-inf') return -Infinity;
  throw new UnfitValue(`has a value that is no number, which VR ${vr} takes`);
}

function encodeSingle(value: JsonValue, bigEndian: boolean): Buffer {
  const real = realOf(value, 'FL');
  if (Number.isFinite(real) && !Number.isFinite(Math.fround(real))) {
    throw new UnfitValue(`has ${real}, which VR FL (32 bits) cannot hold`);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(real);
  return bigEndian ? bytes : bytes.reverse();
}

function encodeDouble(value: JsonValue, bigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(realOf(value, 'FD'));
  return bigEndian ? bytes : bytes.reverse();
}

function encodeTag(value: JsonValue, bigEndian: boolean): Buffer {
  if (typeof value !== 'string' || !/^[0-9A-Fa-f]{8}$/.test(value)) {
    throw new UnfitValue('has a value that is no tag: eight hexadecimal digits');
  }
  const bytes = Buffer.from(value, 'hex');
  return bigEndian ? bytes : bytes.swap16();
}

/** Encoders of the VRs whose values are binary numbers (PS3.5 section 6.2), by VR. */
export const numberEncoders: ReadonlyMap<string, EncodeNumber> = new Map<string, EncodeNumber>([
  ...integerForms.map(([vr, form]): [string, EncodeNumber] => [vr, integerEncoder(vr, form)]),
  ['FL', encodeSingle],
  ['FD', encodeDouble],
  ['AT', encodeTag],
]);
