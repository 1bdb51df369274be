import { BrokerError } from '../domain/errors.ts';
import { encodingOf } from '../domain/transfer-syntax.ts';
import type { BulkValue } from './bulk-value.ts';
import { type ByteWindow, memoryWindow } from './byte-window.ts';
import { readDataSetIn } from './data-set-reader.ts';
import { FileWindow } from './file-window.ts';
import { inflateDataSet } from './inflate-data-set.ts';
import { type BulkPlace, type InstanceDescription, bulkUriMarker } from './instance-description.ts';
import type { InstanceFile } from './instance-file.ts';
import { pixelDataOf } from './pixel-data-place.ts';

export interface DescribeOptions {
  /** Bytes up to which a value of any VR is inline; pixel data never is. */
  readonly inlineLimit?: number;
}

/** Bytes up to which a value is inline: of binary VRs, and of those that people read. */
const binaryLimit = 1024;
const textLimit = 64 * 1024;
/** Attributes of more than this are more than any browser takes. */
const costLimit = 256 * 1024 * 1024;
/** Bytes of a deflated data set, before and after it is inflated. */
const deflatedLimit = 256 * 1024 * 1024;

const isPixelData = /(^|\/)7FE000(08|09|10)$/;

/**
 * Describes the instance in a DICOM file: its attributes, and where its large values are, which are not
 * read. Takes about as much memory as the attributes do, whatever the size of the file. For worker
 * threads: it reads synchronously.
 * @throws BrokerError `cache-damaged` where the file cannot be read or has another size,
 *   `malformed-data-set` where its data set is made of nothing but harm: sequences nested too deep,
 *   attributes without end, a deflated data set that cannot be inflated or is too large
 */
export function describeInstance(file: InstanceFile, options: DescribeOptions = {}): InstanceDescription {
  using window = new FileWindow(file.path, file.size);
  const encoding = encodingOf(file.transferSyntaxUid);
  if (!encoding.deflated) {
    const place = { from: file.dataSetOffset, end: file.size };
    return { ...describe(window, { ...place, encoding }, options), deflated: false };
  }
  const inflated = inflateDataSet(wholeDataSet(window, file), deflatedLimit);
  const place = { from: 0, end: inflated.length, encoding };
  return { ...describe(memoryWindow(inflated), place, options), deflated: true };
}

type Described = Omit<InstanceDescription, 'deflated'>;

function describe(
  window: ByteWindow,
  place: Parameters<typeof readDataSetIn>[1],
  { inlineLimit }: DescribeOptions,
): Described {
  const bulk: BulkPlace[] = [];
  const read = readDataSetIn(window, place, {
    costLimit,
    inlineLimit: inlineLimit ?? binaryLimit,
    bulk: (value) => {
      if (inlineLimit === undefined && !isBulk(value)) return undefined;
      bulk.push(value);
      return bulkUriMarker + value.path;
    },
  });
  const problems = [...read.problems];
  const pixelData = pixelDataOf({ window, dataSet: read.dataSet, bulk, problems });
  return { dataSet: read.dataSet, bulk, pixelData, problems };
}

/** Of a value of more bytes than `binaryLimit`, or of pixel data. */
function isBulk({ path, vr, length }: BulkValue): boolean {
  if (vr[0] === 'O' || vr === 'UN' || isPixelData.test(path)) return true;
  return length > textLimit;
}

/** The data set as it is in the file, which must not be larger than what is inflated. */
function wholeDataSet(window: ByteWindow, { size, dataSetOffset }: InstanceFile): Uint8Array {
  const length = size - dataSetOffset;
  if (length > deflatedLimit) {
    const message = `The deflated data set has ${length} bytes; up to ${deflatedLimit} can be inflated.`;
    throw new BrokerError('malformed-data-set', message);
  }
  window.load(dataSetOffset, length);
  const start = dataSetOffset - window.base;
  return window.buffer.subarray(start, start + length);
}
