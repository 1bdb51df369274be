import { BrokerError } from '../../domain/errors.ts';
import type { DicomJson } from '../dicom-json.ts';
import { lutBytes, type LutDescriptor, lutDescriptor, lutEntries, words } from './lookup-table.ts';
import { segmentedPalette } from './segmented-palette.ts';
import { type FrameSamples, sampleCodes } from './stored-values.ts';

/** Descriptor, data and segmented data of red, green and blue. */
const channels = [
  ['00281101', '00281201', '00281221'],
  ['00281102', '00281202', '00281222'],
  ['00281103', '00281203', '00281223'],
] as const;

/**
 * A PALETTE COLOR frame in 8 bits of red, green and blue (PS3.3 sections C.7.6.3.1.5, C.7.6.3.1.6 and C.7.9).
 * @throws BrokerError `malformed-data-set` where the palette is not whole
 */
export function palettePicture(frame: FrameSamples, attributes: DicomJson): Uint8Array {
  const sampled = sampleCodes(frame);
  if (sampled === undefined) throw damaged('cannot be used for samples of more than 16 bits');
  const { codes, count, valueOf } = sampled;
  const table = new Uint8Array(count * 3);
  channels.forEach((tags, channel) => {
    const { first, bytes } = paletteChannel(attributes, tags, frame.pixels.isSigned);
    for (let code = 0; code < count; code++) {
      const index = valueOf(code) - first;
      table[code * 3 + channel] = bytes[Math.min(Math.max(index, 0), bytes.length - 1)]!;
    }
  });
  const picture = new Uint8Array(codes.length * 3);
  for (let at = 0; at < codes.length; at++) {
    const from = codes[at]! * 3;
    picture[at * 3] = table[from]!;
    picture[at * 3 + 1] = table[from + 1]!;
    picture[at * 3 + 2] = table[from + 2]!;
  }
  return picture;
}

function paletteChannel(
  attributes: DicomJson,
  [descriptorTag, dataTag, segmentedTag]: (typeof channels)[number],
  isSigned: boolean,
): { first: number; bytes: Uint8Array } {
  const descriptor = lutDescriptor(attributes, descriptorTag, isSigned);
  if (descriptor === undefined) throw damaged('is missing, or its descriptor is none');
  const entries =
    lutEntries(attributes, dataTag, descriptor.count) ?? segmented(attributes, segmentedTag, descriptor);
  if (entries === undefined) throw damaged('has fewer entries than its descriptor says');
  return { first: descriptor.first, bytes: bytesOfEntries(entries, descriptor) };
}

function segmented(
  attributes: DicomJson,
  tag: string,
  { count, bits }: LutDescriptor,
): Uint16Array | undefined {
  const bytes = lutBytes(attributes, tag);
  if (bytes === undefined) return undefined;
  return segmentedPalette(bits > 8 ? words(bytes, bytes.length >> 1) : bytes, count);
}

/** Entries of 16 bits by their upper byte; some writers say 16 and mean 8. */
function bytesOfEntries(entries: Uint8Array | Uint16Array, { bits }: LutDescriptor): Uint8Array {
  const isWide = bits > 8 && entries.some((entry) => entry > 0xff);
  return isWide ? Uint8Array.from(entries, (entry) => entry >> 8) : Uint8Array.from(entries);
}

function damaged(why: string): BrokerError {
  return new BrokerError('malformed-data-set', `The palette of the image ${why}.`);
}
