/** How a data set's elements are laid out (PS3.5 annex A). */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly bigEndian: boolean;
  /** The whole data set is a raw deflate stream (PS3.5 A.5). */
  readonly deflated: boolean;
  /** Pixel data is encapsulated: compressed frames in fragments (PS3.5 A.4). */
  readonly encapsulated: boolean;
}

export interface TransferSyntax extends Encoding {
  readonly uid: string;
  readonly name: string;
}

export const implicitVrLittleEndian = '1.2.840.10008.1.2';
export const explicitVrLittleEndian = '1.2.840.10008.1.2.1';
export const deflatedExplicitVrLittleEndian = '1.2.840.10008.1.2.1.99';
export const explicitVrBigEndian = '1.2.840.10008.1.2.2';

const native = { explicitVr: true, bigEndian: false, deflated: false, encapsulated: false };
const compressed = { ...native, encapsulated: true };

const syntaxes: readonly TransferSyntax[] = [
  { uid: implicitVrLittleEndian, name: 'Implicit VR Little Endian', ...native, explicitVr: false },
  { uid: explicitVrLittleEndian, name: 'Explicit VR Little Endian', ...native },
  {
    uid: '1.2.840.10008.1.2.1.98',
    name: 'Encapsulated Uncompressed Explicit VR Little Endian',
    ...compressed,
  },
  {
    uid: deflatedExplicitVrLittleEndian,
    name: 'Deflated Explicit VR Little Endian',
    ...native,
    deflated: true,
  },
  { uid: explicitVrBigEndian, name: 'Explicit VR Big Endian', ...native, bigEndian: true },
  { uid: '1.2.840.10008.1.2.4.50', name: 'JPEG Baseline (Process 1)', ...compressed },
  { uid: '1.2.840.10008.1.2.4.51', name: 'JPEG Extended (Process 2 and 4)', ...compressed },
  {
    uid: '1.2.840.10008.1.2.4.53',
    name: 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)',
    ...compressed,
  },
  {
    uid: '1.2.840.10008.1.2.4.55',
    name: 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12)',
    ...compressed,
  },
  { uid: '1.2.840.10008.1.2.4.57', name: 'JPEG Lossless, Non-Hierarchical (Process 14)', ...compressed },
  {
    uid: '1.2.840.10008.1.2.4.70',
    name: 'JPEG Lossless, First-Order Prediction (Process 14, Selection Value 1)',
    ...compressed,
  },
  { uid: '1.2.840.10008.1.2.4.80', name: 'JPEG-LS Lossless', ...compressed },
  { uid: '1.2.840.10008.1.2.4.81', name: 'JPEG-LS Lossy (Near-Lossless)', ...compressed },
  { uid: '1.2.840.10008.1.2.4.90', name: 'JPEG 2000 (Lossless Only)', ...compressed },
  { uid: '1.2.840.10008.1.2.4.91', name: 'JPEG 2000', ...compressed },
  { uid: '1.2.840.10008.1.2.4.92', name: 'JPEG 2000 Part 2 Multi-component (Lossless Only)', ...compressed },
  { uid: '1.2.840.10008.1.2.4.93', name: 'JPEG 2000 Part 2 Multi-component', ...compressed },
  { uid: '1.2.840.10008.1.2.4.94', name: 'JPIP Referenced', ...native },
  { uid: '1.2.840.10008.1.2.4.95', name: 'JPIP Referenced Deflate', ...native, deflated: true },
  { uid: '1.2.840.10008.1.2.4.100', name: 'MPEG2 Main Profile / Main Level', ...compressed },
  { uid: '1.2.840.10008.1.2.4.100.1', name: 'Fragmentable MPEG2 Main Profile / Main Level', ...compressed },
  { uid: '1.2.840.10008.1.2.4.101', name: 'MPEG2 Main Profile / High Level', ...compressed },
  { uid: '1.2.840.10008.1.2.4.101.1', name: 'Fragmentable MPEG2 Main Profile / High Level', ...compressed },
  { uid: '1.2.840.10008.1.2.4.102', name: 'MPEG-4 AVC/H.264 High Profile / Level 4.1', ...compressed },
  {
    uid: '1.2.840.10008.1.2.4.102.1',
    name: 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1',
    ...compressed,
  },
  {
    uid: '1.2.840.10008.1.2.4.103',
    name: 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1',
    ...compressed,
  },
  {
    uid: '1.2.840.10008.1.2.4.103.1',
    name: 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1',
    ...compressed,
  },
  {
    uid: '1.2.840.10008.1.2.4.104',
    name: 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video',
    ...compressed,
  },
  {
    uid: '1.2.840.10008.1.2.4.104.1',
    name: 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video',
    ...compressed,
  },
  {
    uid: '1.2.840.10008.1.2.4.105',
    name: 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video',
    ...compressed,
  },
  {
    uid: '1.2.840.10008.1.2.4.105.1',
    name: 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video',
    ...compressed,
  },
  { uid: '1.2.840.10008.1.2.4.106', name: 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', ...compressed },
  {
    uid: '1.2.840.10008.1.2.4.106.1',
    name: 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2',
    ...compressed,
  },
  { uid: '1.2.840.10008.1.2.4.107', name: 'HEVC/H.265 Main Profile / Level 5.1', ...compressed },
  { uid: '1.2.840.10008.1.2.4.108', name: 'HEVC/H.265 Main 10 Profile / Level 5.1', ...compressed },
  { uid: '1.2.840.10008.1.2.4.110', name: 'JPEG XL Lossless', ...compressed },
  { uid: '1.2.840.10008.1.2.4.111', name: 'JPEG XL JPEG Recompression', ...compressed },
  { uid: '1.2.840.10008.1.2.4.112', name: 'JPEG XL', ...compressed },
  { uid: '1.2.840.10008.1.2.4.201', name: 'High-Throughput JPEG 2000 (Lossless Only)', ...compressed },
  {
    uid: '1.2.840.10008.1.2.4.202',
    name: 'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)',
    ...compressed,
  },
  { uid: '1.2.840.10008.1.2.4.203', name: 'High-Throughput JPEG 2000', ...compressed },
  { uid: '1.2.840.10008.1.2.4.204', name: 'JPIP HTJ2K Referenced', ...native },
  { uid: '1.2.840.10008.1.2.4.205', name: 'JPIP HTJ2K Referenced Deflate', ...native, deflated: true },
  { uid: '1.2.840.10008.1.2.5', name: 'RLE Lossless', ...compressed },
  { uid: '1.2.840.10008.1.2.8.1', name: 'Deflated Image Frame Compression', ...compressed },
];

const byUid: ReadonlyMap<string, TransferSyntax> = new Map(syntaxes.map((syntax) => [syntax.uid, syntax]));

/** Every transfer syntax of PS3.6 table A-1 that a C-STORE may use, retired ones that still occur included. */
export const transferSyntaxes: readonly TransferSyntax[] = syntaxes;

/** The transfer syntax of that UID, or undefined where the standard has none (a private one, say). */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return byUid.get(uid);
}

/**
 * How a data set of that transfer syntax is laid out. A syntax that is not of the standard counts
 * as Explicit VR Little Endian with encapsulated pixel data, which PS3.5 A.4 asks of all new ones.
 */
export function encodingOf(uid: string): Encoding {
  return byUid.get(uid) ?? compressed;
}
