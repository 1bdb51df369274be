import type { EditedValue, LevelEdits } from '../data-set-edits.ts';
import { FrameReader } from '../frames/frame-reader.ts';
import type { InstanceDescription } from '../instance-description.ts';
import type { InstanceFile } from '../instance-file.ts';
import { type PixelDescription, pixelDescriptionOf } from '../pixel-description.ts';
import { type ConvertedFrame, convertFrame } from './convert-frame.ts';
import { damagedFrame } from './damaged-frame.ts';
import { lossyEdits } from './lossy-source.ts';
import type { Part10File } from './part10-file.ts';
import { pixelDataWriter } from './pixel-data-writer.ts';
import { pixelEdits } from './pixel-edits.ts';

const extendedOffsetTable = 0x7fe00001;
const extendedOffsetTableLengths = 0x7fe00002;

/** The frames of an instance in another transfer syntax, one in memory at a time. */
export class ConvertedFrames implements AsyncDisposable {
  /** What changes in the data set with them. */
  readonly edits: LevelEdits;
  readonly #reader: FrameReader;
  readonly #convert: (bytes: Uint8Array) => Promise<ConvertedFrame>;
  /** Made when it is opened: from it is known how the pixels come out. */
  readonly #first: ConvertedFrame;

  private constructor(
    reader: FrameReader,
    convert: (bytes: Uint8Array) => Promise<ConvertedFrame>,
    first: ConvertedFrame,
    edits: LevelEdits,
  ) {
    this.#reader = reader;
    this.#convert = convert;
    this.#first = first;
    this.edits = edits;
  }

  /** @throws BrokerError as `convertFrame` and FrameReader */
  static async open(
    { file, to }: { readonly file: InstanceFile; readonly to: string },
    description: InstanceDescription,
  ): Promise<ConvertedFrames> {
    const { dataSet, pixelData, deflated } = description;
    const pixels = pixelDescriptionOf(dataSet);
    if (pixels === undefined) throw damagedFrame('the data set does not say how large it is');
    const vr = pixelData?.kind === 'native' ? { vr: pixelData.vr } : {};
    const convert = (bytes: Uint8Array): Promise<ConvertedFrame> =>
      convertFrame({ bytes, from: file.transferSyntaxUid, to, pixels, ...vr });
    const reader = await FrameReader.open(file, { pixels, pixelData, deflated });
    try {
      const stored = await reader.read(1);
      const first = await convert(stored);
      const decodedLength =
        (pixels.rows * pixels.columns * pixels.samplesPerPixel * pixels.bitsAllocated) / 8;
      const source = { transferSyntaxUid: file.transferSyntaxUid, dataSet, frame: stored, decodedLength };
      const edits = new Map<number, EditedValue | undefined>([
        ...pixelEdits(pixels, first.pixels),
        ...lossyEdits(source),
        [extendedOffsetTable, undefined],
        [extendedOffsetTableLengths, undefined],
      ]);
      return new ConvertedFrames(reader, convert, first, edits);
    } catch (error) {
      await reader[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Writes the pixel data element.
   * @throws BrokerError as `convertFrame` and FrameReader; `malformed-data-set` where frames come out differently
   */
  async writeTo(file: Part10File): Promise<void> {
    const first = this.#first;
    const writer = pixelDataWriter(file, first.transferSyntaxUid, first);
    writer.frame(first.bytes);
    for (let frame = 2; frame <= this.#reader.count; frame++) {
      const converted = await this.#convert(await this.#reader.read(frame));
      if (!isAlike(converted.pixels, first.pixels)) {
        throw damagedFrame('its colour space is not that of the first frame');
      }
      writer.frame(converted.bytes);
    }
    writer.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
  }
}

function isAlike(one: PixelDescription, other: PixelDescription): boolean {
  return (
    one.photometricInterpretation === other.photometricInterpretation &&
    one.planarConfiguration === other.planarConfiguration &&
    one.highBit === other.highBit
  );
}
