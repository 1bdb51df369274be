/** A value as `encode` takes it: text for the textual VRs, numbers for the binary ones, items for SQ. */
export type ElementValue = string | readonly number[] | Buffer | readonly Element[][];

/** Group, element, VR and value of one data element. */
export type Element = readonly [group: number, element: number, vr: string, value: ElementValue];

const longVrs: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OW', 'SQ', 'UN', 'UT', 'UC', 'UR']);

/**
 * Encodes elements, which must be in ascending order of their tags, as Explicit VR Little Endian
 * (PS3.5 section 7.1.2). Kept apart from the gateway's own encoder, which it helps to test.
 * Text becomes UTF-8; sequences and items get explicit lengths.
 */
export function encode(elements: readonly Element[]): Buffer {
  return Buffer.concat(
    elements.flatMap(([group, element, vr, value]) => {
      const bytes = valueBytes(vr, value);
      return [elementHeader(group, element, vr, bytes.length), bytes];
    }),
  );
}

/** Tag, VR and length of an element whose value of `length` bytes (even) follows. */
export function elementHeader(group: number, element: number, vr: string, length: number): Buffer {
  const header = Buffer.alloc(longVrs.has(vr) ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  if (longVrs.has(vr)) header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return header;
}

function valueBytes(vr: string, value: ElementValue): Buffer {
  if (Buffer.isBuffer(value)) return padded(value, 0);
  if (typeof value === 'string') return padded(Buffer.from(value, 'utf8'), vr === 'UI' ? 0 : 0x20);
  if (vr === 'SQ') return Buffer.concat((value as readonly Element[][]).flatMap(item));
  return numberBytes(vr, value as readonly number[]);
}

function item(elements: readonly Element[]): Buffer[] {
  const bytes = encode(elements);
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 4);
  return [header, bytes];
}

function numberBytes(vr: string, numbers: readonly number[]): Buffer {
  const wide = vr === 'UL' || vr === 'SL' || vr === 'FL';
  const size = vr === 'FD' ? 8 : wide ? 4 : 2;
  const bytes = Buffer.alloc(numbers.length * size);
  numbers.forEach((number, index) => {
    const offset = index * size;
    if (vr === 'FD') bytes.writeDoubleLE(number, offset);
    else if (vr === 'FL') bytes.writeFloatLE(number, offset);
    else if (wide) bytes.writeUInt32LE(number >>> 0, offset);
    else bytes.writeUInt16LE(number & 0xffff, offset);
  });
  return bytes;
}

function padded(bytes: Buffer, pad: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([pad])]);
}

const implementationClass = '1.2.826.0.1.3680043.10.1999.1';

/** Preamble, prefix and file meta information (PS3.10 section 7.1) for a data set that follows. */
export function fileMeta(sopClass: string, instance: string, transferSyntax: string): Buffer {
  const elements = encode([
    [0x0002, 0x0001, 'OB', Buffer.from([0, 1])],
    [0x0002, 0x0002, 'UI', sopClass],
    [0x0002, 0x0003, 'UI', instance],
    [0x0002, 0x0010, 'UI', transferSyntax],
    [0x0002, 0x0012, 'UI', implementationClass],
    [0x0002, 0x0013, 'SH', 'GENERATED'],
  ]);
  const groupLength = encode([[0x0002, 0x0000, 'UL', [elements.length]]]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), groupLength, elements]);
}
