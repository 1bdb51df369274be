import type { Response } from 'express';
import type { InstanceReader } from '../../cache/instance-reader.ts';
import { UnreadableInstanceError } from '../../cache/metadata.ts';
import { DamagedFileError } from '../../cache/part.ts';
import { renderedInstance } from '../../cache/rendered-instance.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { ImagingPool } from '../../dicom/imaging/imaging-pool.ts';
import type { Rendition, RenditionJob } from '../../dicom/rendering/rendition.ts';
import type { TransferTally } from '../retrieve/audited-transfer.ts';
import { multipartContentType, multipartEnd, newBoundary, partStart } from '../http/multipart.ts';
import { PacedResponse } from '../http/paced-response.ts';

export interface RenderedAnswerOptions {
  readonly response: Response;
  readonly signal: AbortSignal;
  readonly reader: InstanceReader;
  readonly imaging: ImagingPool;
  readonly instance: StoredInstance;
  readonly job: Omit<RenditionJob, 'file' | 'frame'>;
  /** Full Warning header fields. */
  readonly warnings: readonly string[];
  readonly isMultipart: boolean;
}

/** Pages of documents load nothing and run nothing, whatever is in them. */
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
const pages: ReadonlySet<string> = new Set(['text/html', 'text/xml']);

/** One answer of renditions: of an instance, or of frames of it. */
export class RenderedAnswer {
  readonly #options: RenderedAnswerOptions;
  readonly #paced: PacedResponse;
  readonly #boundary: string;

  constructor(options: RenderedAnswerOptions) {
    this.#options = options;
    this.#paced = new PacedResponse(options.response);
    this.#boundary = options.isMultipart ? newBoundary() : '';
  }

  get tally(): TransferTally {
    return { instances: this.#paced.bytes > 0 ? 1 : 0, bytes: this.#paced.bytes };
  }

  /**
   * Renders and sends frame after frame. Headers leave with the first.
   * @throws UnreadableInstanceError where the file is not what it was; BrokerError where a frame cannot be
   *   rendered: before the first byte left it can still be answered with a status
   */
  async send(frames: readonly RenditionJob['frame'][]): Promise<void> {
    const { response, isMultipart } = this.#options;
    for (const [index, frame] of frames.entries()) {
      const rendition = await this.render(frame);
      if (index === 0) this.#begin(rendition);
      if (isMultipart) {
        const header = { contentType: contentTypeOf(rendition.mediaType), length: lengthOf(rendition) };
        await this.#paced.write(Buffer.from(partStart(this.#boundary, header, index === 0)));
      } else response.setHeader('Content-Length', lengthOf(rendition));
      await this.#write(rendition);
    }
    response.end(isMultipart ? multipartEnd(this.#boundary) : undefined);
  }

  /** Sends a picture that was made before. */
  sendMade(rendition: Rendition & { readonly bytes: Uint8Array }): void {
    this.#begin(rendition);
    this.#options.response.setHeader('Content-Length', rendition.bytes.length);
    this.#paced.end(rendition.bytes);
  }

  /** @throws as `send` */
  render(frame: RenditionJob['frame']): Promise<Rendition> {
    const { job } = this.#options;
    return renderedInstance(this.#options, { ...job, frame });
  }

  #begin({ mediaType }: Rendition): void {
    const { response, warnings, isMultipart } = this.#options;
    response.status(200);
    response.setHeader(
      'Content-Type',
      isMultipart ? multipartContentType(mediaType, this.#boundary) : contentTypeOf(mediaType),
    );
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (pages.has(mediaType)) response.setHeader('Content-Security-Policy', pagePolicy);
    if (warnings.length > 0) response.setHeader('Warning', [...warnings]);
  }

  async #write(rendition: Rendition): Promise<void> {
    if ('bytes' in rendition) {
      if (rendition.bytes.length > 0) await this.#paced.write(rendition.bytes);
      return;
    }
    const { reader, instance, signal } = this.#options;
    const { path, size, crc32 } = instance;
    const parts = rendition.places.map(({ offset, length }) => ({
      path,
      offset,
      length,
      fileSize: size,
      wholeCrc32: crc32,
    }));
    try {
      for await (const chunk of reader.read(parts, signal)) await this.#paced.write(chunk);
    } catch (error) {
      throw error instanceof DamagedFileError ? new UnreadableInstanceError(instance, error) : error;
    }
  }
}

function lengthOf(rendition: Rendition): number {
  if ('bytes' in rendition) return rendition.bytes.length;
  return rendition.places.reduce((sum, { length }) => sum + length, 0);
}

/** Reports are UTF-8; XML documents say themselves what they are. */
function contentTypeOf(mediaType: string): string {
  return mediaType === 'text/html' || mediaType === 'text/plain' ? `${mediaType}; charset=utf-8` : mediaType;
}
