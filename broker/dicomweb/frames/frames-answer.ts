import type { Response } from 'express';
import type { InstanceReader } from '../../cache/instance-reader.ts';
import { type InstancePlaces, UnreadableInstanceError } from '../../cache/metadata.ts';
import { DamagedFileError, type Part } from '../../cache/part.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { FramePlace } from '../../dicom/frames/frame-places.ts';
import type { ImagingPool } from '../../dicom/imaging/imaging-pool.ts';
import { BrokerError } from '../../domain/errors.ts';
import { explicitVrBigEndian } from '../../domain/transfer-syntax.ts';
import type { TransferTally } from '../retrieve/audited-transfer.ts';
import { isPlain, storedFrame, storedLength } from './frame-content.ts';
import { type FrameForm, frameSyntaxOf } from './frame-form.ts';
import {
  multipartContentType,
  multipartEnd,
  multipartLength,
  newBoundary,
  type PartHeader,
  partStart,
} from '../http/multipart.ts';
import { PacedResponse } from '../http/paced-response.ts';

export interface FramesAnswerOptions {
  readonly response: Response;
  readonly signal: AbortSignal;
  readonly reader: InstanceReader;
  readonly imaging: ImagingPool;
  readonly instance: StoredInstance;
  readonly image: InstancePlaces;
  readonly form: FrameForm;
  /** Absolute URL of the instance for the client that asks. */
  readonly url: string;
}

export interface FrameToSend {
  readonly number: number;
  readonly place: FramePlace;
}

/** Frames that are being converted while one is being sent. */
const convertedAhead = 2;

/** One answer of frames, each from its place in the file. */
export class FramesAnswer {
  readonly #options: FramesAnswerOptions;
  readonly #paced: PacedResponse;
  readonly #boundary = newBoundary();

  constructor(options: FramesAnswerOptions) {
    this.#options = options;
    this.#paced = new PacedResponse(options.response);
  }

  get tally(): TransferTally {
    return { instances: this.#paced.bytes > 0 ? 1 : 0, bytes: this.#paced.bytes };
  }

  /**
   * Sends all of them. Headers leave with the first.
   * @throws UnreadableInstanceError where the file is not what it was; BrokerError where one cannot be
   * sent: before the first byte left it can still be answered with a status
   */
  async send(frames: readonly FrameToSend[]): Promise<void> {
    const { form, response, instance, image } = this.#options;
    const stored = instance.transferSyntaxUid;
    const isAsStored = form.transferSyntaxUid === frameSyntaxOf(stored) && stored !== explicitVrBigEndian;
    const canStream = isAsStored && !image.deflated && frames.every(({ place }) => isPlain(place));
    try {
      await (canStream ? this.#sendStored(frames) : this.#sendConverted(frames, isAsStored));
    } catch (error) {
      throw error instanceof DamagedFileError ? new UnreadableInstanceError(instance, error) : error;
    }
    response.end();
  }

  async #sendStored(frames: readonly FrameToSend[]): Promise<void> {
    const { reader, signal, response, form } = this.#options;
    const headers = frames.map((frame) => this.#header(frame.number, storedLength(frame.place)));
    const [only] = headers;
    const length =
      form.isSinglePart && only !== undefined ? only.length : multipartLength(this.#boundary, headers);
    this.#begin();
    response.setHeader('Content-Length', length);
    const parts = this.#parts(frames, headers);
    for await (const chunk of reader.read(parts, signal, { fillsAtOnce: true }))
      await this.#paced.write(chunk);
  }

  *#parts(frames: readonly FrameToSend[], headers: readonly PartHeader[]): Generator<Part, void, undefined> {
    const { path, size, crc32 } = this.#options.instance;
    for (const [index, { place }] of frames.entries()) {
      if (!this.#options.form.isSinglePart) yield { bytes: this.#start(headers[index]!, index === 0) };
      for (const { offset, length } of place.pieces) {
        yield { path, offset, length, fileSize: size, wholeCrc32: crc32 };
      }
    }
    // Together with the last frame: one write less, and one packet less for the client to wait for.
    if (!this.#options.form.isSinglePart) yield { bytes: this.#end() };
  }

  /** Frames are converted ahead of their turn, a few at a time, and sent in order. */
  async #sendConverted(frames: readonly FrameToSend[], isAsStored: boolean): Promise<void> {
    const make = (frame: FrameToSend): Promise<Uint8Array> => {
      const made = isAsStored ? storedFrame(this.#source(), frame.place) : this.#converted(frame);
      made.catch(() => undefined);
      return made;
    };
    const ahead: Promise<Uint8Array>[] = frames.slice(0, convertedAhead).map(make);
    for (const [index, { number }] of frames.entries()) {
      const bytes = await ahead.shift();
      if (bytes === undefined) throw new BrokerError('internal', `Frame ${number} was not made.`);
      const next = frames[index + convertedAhead];
      if (next !== undefined) ahead.push(make(next));
      const header = this.#header(number, bytes.length);
      if (index === 0) this.#begin();
      if (this.#options.form.isSinglePart) this.#options.response.setHeader('Content-Length', bytes.length);
      else await this.#paced.write(this.#start(header, index === 0));
      if (bytes.length > 0) await this.#paced.write(bytes);
    }
    if (!this.#options.form.isSinglePart) await this.#paced.write(this.#end());
  }

  async #converted({ number, place }: FrameToSend): Promise<Uint8Array> {
    const { imaging, instance, image, form, signal } = this.#options;
    const { pixels, pixelData } = image;
    if (pixels === undefined) throw new BrokerError('internal', `Frame ${number} has no description.`);
    const bytes = await storedFrame(this.#source(), place);
    const converted = await imaging.run<'convert-frame'>(
      {
        kind: 'convert-frame',
        bytes,
        from: instance.transferSyntaxUid,
        to: form.transferSyntaxUid,
        pixels,
        ...(pixelData?.kind === 'native' ? { vr: pixelData.vr } : {}),
      },
      { signal },
    );
    return converted.bytes;
  }

  #source(): Parameters<typeof storedFrame>[0] {
    const { reader, instance, image, signal } = this.#options;
    return { reader, instance, deflated: image.deflated, signal };
  }

  #begin(): void {
    const { response, form } = this.#options;
    response.status(200);
    response.setHeader(
      'Content-Type',
      form.isSinglePart ? this.#partType() : multipartContentType(form.mediaType, this.#boundary),
    );
    response.setHeader('Cache-Control', 'no-store');
    response.vary('Accept');
    response.setHeader('X-Content-Type-Options', 'nosniff');
  }

  #partType(): string {
    const { mediaType, transferSyntaxUid } = this.#options.form;
    return `${mediaType}; transfer-syntax=${transferSyntaxUid}`;
  }

  #header(number: number, length: number): PartHeader & { readonly length: number } {
    return { contentType: this.#partType(), length, location: `${this.#options.url}/frames/${number}` };
  }

  #start(header: PartHeader, isFirst: boolean): Buffer {
    return Buffer.from(partStart(this.#boundary, header, isFirst));
  }

  #end(): Buffer {
    return Buffer.from(multipartEnd(this.#boundary));
  }
}
