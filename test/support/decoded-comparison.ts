import { decompressed, storedBits } from './decompressed.ts';
import { pydicomJson } from './pydicom.ts';
import { pydicomFrames } from './pydicom-frames.ts';

/** What may differ: what describes the pixels, what says that they lost something, and offset tables. */
const program = `
import sys, json, warnings
warnings.simplefilter('ignore')
import pydicom
free = {0x00280004, 0x00280006, 0x00280102, 0x00282110, 0x00282112, 0x00282114, 0x7fe00001, 0x7fe00002, 0x7fe00010}
def plain(data):
    return {str(e.tag): [plain(item) for item in e.value] if e.VR == 'SQ' else [e.VR, str(e.value).rstrip()]
            for e in data if e.tag.element != 0}
stored, ours = (pydicom.dcmread(path) for path in sys.argv[1:])
one, other = ({tag: value for tag, value in plain(data).items() if int(tag[1:5] + tag[7:11], 16) not in free} for data in (stored, ours))
print(json.dumps(sorted(tag for tag in set(one) | set(other) if one.get(tag) != other.get(tag))))
`;

/** The tool that decodes that syntax, independent of our codecs. */
function toolOf(transferSyntax: string): string {
  if (transferSyntax.endsWith('.5')) return 'dcmdrle';
  if (/\.4\.8[01]$/.test(transferSyntax)) return 'dcmdjpls';
  return /\.4\.9\d$/.test(transferSyntax) ? 'gdcmconv' : 'dcmdjpeg';
}

/**
 * Compares a file that the gateway has decoded with what was stored, all but the pixels value for value, and
 * the pixels bit for bit with what another tool makes of them.
 * @returns what differs
 */
export async function decodedDifferences(
  ours: string,
  stored: { readonly path: string; readonly transferSyntax: string },
): Promise<string[]> {
  const tags = (await pydicomJson(program, [stored.path, ours])) as string[];
  const notes = tags.map((tag) => `${tag} has changed`);
  const native = (await pydicomFrames([ours])).get(ours);
  if (native === undefined) return [...notes, 'it has no pixels'];
  const [bytes = Buffer.alloc(0)] = native.frames;
  const theirs = await decompressed(stored.path, toolOf(stored.transferSyntax));
  const length = theirs.bytes.length;
  if (bytes.length - length > 1 || bytes.length < length)
    notes.push(`${bytes.length} bytes instead of ${length}`);
  const [one, other] = [bytes.subarray(0, length), theirs.bytes].map((pixels) =>
    storedBits(pixels, native.pixels),
  );
  if (one?.equals(other!) !== true) notes.push('other pixels than another tool decodes');
  const { photometricInterpretation: photometric } = native.pixels;
  if (photometric !== theirs.photometric) notes.push(`${photometric} instead of ${theirs.photometric}`);
  return notes;
}
