import { open } from 'node:fs/promises';
import type { InstancePlaces } from '../../cache/metadata.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import { alignedFrame, type FramePlace, FramePlaces } from '../../dicom/frames/frame-places.ts';
import { BrokerError } from '../../domain/errors.ts';
import { type BulkSource, bulkBytes } from '../bulkdata/bulk-bytes.ts';

/** A frame that is brought into another form has to be in memory as a whole. */
const longestInMemory = 512 * 1024 * 1024;

/** Found once for all requests for frames of an instance, as long as its places are remembered. */
const found = new WeakMap<InstancePlaces, Promise<FramePlaces>>();

/**
 * Where the frames of a cached instance are.
 * @throws BrokerError as FramePlaces.of
 */
export function framePlacesOf(instance: StoredInstance, image: InstancePlaces): Promise<FramePlaces> {
  let places = found.get(image);
  if (places === undefined) {
    places = lookedUp(instance, image);
    found.set(image, places);
    places.catch(() => found.delete(image));
  }
  return places;
}

async function lookedUp(instance: StoredInstance, image: InstancePlaces): Promise<FramePlaces> {
  await using stack = new AsyncDisposableStack();
  let file: Awaited<ReturnType<typeof open>> | undefined;
  return await FramePlaces.of(image, async ({ offset, length }) => {
    file ??= stack.use(await open(instance.path, 'r'));
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  });
}

/** Bytes that a frame takes in the file. */
export function storedLength({ pieces }: FramePlace): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** True where the bytes of the file are the frame, and nothing has to be done to them. */
export function isPlain({ firstBit, bits }: FramePlace): boolean {
  return firstBit === 0 && (bits === undefined || bits % 8 === 0);
}

/**
 * A frame as it is stored, in memory.
 * @throws BrokerError `too-large` above 512 MiB; as bulkBytes
 */
export async function storedFrame(source: BulkSource, place: FramePlace): Promise<Buffer> {
  const length = storedLength(place);
  if (length > longestInMemory) {
    throw new BrokerError(
      'too-large',
      `The frame has ${length} bytes; up to ${longestInMemory} can be converted.`,
    );
  }
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for await (const chunk of bulkBytes(source, { ...place, swapUnit: 1 }, { start: 0, end: length })) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return alignedFrame(bytes, place);
}
