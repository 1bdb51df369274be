import type { PixelDescription } from '../../broker/dicom/pixel-description.ts';
import { pydicomJson } from './pydicom.ts';

/** The pixels of a file, as pydicom takes them out of it. */
export interface PydicomFrames {
  readonly transferSyntaxUid: string;
  readonly vr: string;
  readonly pixels: PixelDescription;
  /** The frames as stored, or, of a native file, all of them in one. */
  readonly frames: readonly Buffer[];
}

// A file without a transfer syntax is none that an archive sends.
const program = `
import sys, json, base64, warnings
warnings.simplefilter('ignore')
import pydicom
from pydicom.encaps import generate_pixel_data_frame
found = {}
for path in sys.argv[1:]:
    try:
        data = pydicom.dcmread(path)
        syntax = str(data.file_meta.TransferSyntaxUID)
    except Exception:
        continue
    if 'PixelData' not in data or data.get('Rows') is None:
        continue
    number = lambda name, default: default if data.get(name) is None else int(data.get(name))
    try:
        count = number('NumberOfFrames', 1)
    except ValueError:
        continue
    element = data['PixelData']
    encapsulated = element.is_undefined_length
    frames = list(generate_pixel_data_frame(data.PixelData, count)) if encapsulated else [data.PixelData]
    bits = number('BitsAllocated', 8)
    found[path] = dict(
        transferSyntaxUid=syntax,
        vr=str(element.VR).replace('VR.', ''),
        frames=[base64.b64encode(frame).decode() for frame in frames[:3]],
        pixels=dict(
            rows=number('Rows', 0), columns=number('Columns', 0),
            samplesPerPixel=number('SamplesPerPixel', 1),
            photometricInterpretation=str(data.get('PhotometricInterpretation')),
            planarConfiguration=number('PlanarConfiguration', 0),
            bitsAllocated=bits, bitsStored=number('BitsStored', bits), highBit=number('HighBit', bits - 1),
            isSigned=number('PixelRepresentation', 0) == 1, numberOfFrames=count,
        ),
    )
print(json.dumps(found))
`;

/** The frames (three at most) of each of the files that has some, by its path. */
export async function pydicomFrames(paths: readonly string[]): Promise<Map<string, PydicomFrames>> {
  const found = new Map<string, PydicomFrames>();
  // A few at a time: all frames of them are in one line of text.
  for (let at = 0; at < paths.length; at += 16) {
    const some = (await pydicomJson(program, paths.slice(at, at + 16))) as Record<
      string,
      PydicomFrames & { readonly frames: readonly string[] }
    >;
    for (const [path, { frames, ...rest }] of Object.entries(some)) {
      const decoded = (frames as readonly string[]).map((frame) => Buffer.from(frame, 'base64'));
      found.set(path, { ...rest, frames: decoded });
    }
  }
  return found;
}
