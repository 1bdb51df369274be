import { BrokerError } from '../../domain/errors.ts';
import { ybrFullToRgb } from '../codec/colour-conversion.ts';
import { type FrameSamples, sampleCodes, wideValues } from './stored-values.ts';

/**
 * A frame of three samples a pixel in 8 bits of red, green and blue. Decoders have undone YBR_ICT, YBR_RCT
 * and shared chrominance.
 * @throws BrokerError `not-acceptable` where it is of a colour space that nothing here shows
 */
export function colorPicture(frame: FrameSamples): Uint8Array {
  const { photometricInterpretation } = frame.pixels;
  const bytes = eightBits(frame);
  switch (photometricInterpretation) {
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      ybrFullToRgb(bytes, 8);
      return bytes;
    case 'HSV':
      throw new BrokerError(
        'not-acceptable',
        'Images of photometric interpretation HSV (retired) cannot be rendered. They can be had as application/dicom.',
      );
    default:
      return bytes;
  }
}

/** Each sample in 8 bits, by its most significant ones; fewer bits are spread over the range. */
function eightBits(frame: FrameSamples): Uint8Array {
  const { bitsStored } = frame.pixels;
  const most = 2 ** bitsStored - 1;
  const sampled = sampleCodes(frame);
  if (sampled === undefined) {
    return Uint8Array.from(wideValues(frame, false), (value) => Math.floor((value / (most + 1)) * 256));
  }
  const { codes } = sampled;
  if (bitsStored === 8) return Uint8Array.from(codes);
  if (bitsStored > 8) return Uint8Array.from(codes, (code) => code >> (bitsStored - 8));
  return Uint8Array.from(codes, (code) => Math.round((code * 255) / most));
}
