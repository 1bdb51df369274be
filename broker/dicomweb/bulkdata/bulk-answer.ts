import type { Request, Response } from 'express';
import { explicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { TransferTally } from '../retrieve/audited-transfer.ts';
import { type BulkSource, bulkBytes } from './bulk-bytes.ts';
import type { BulkContent } from './bulk-content.ts';
import type { BulkForm } from './bulk-form.ts';
import { isVideo } from '../retrieve/compressed-media-type.ts';
import { parseByteRange } from './byte-range.ts';
import { answerNotModified } from '../http/conditional-request.ts';
import {
  type PartHeader,
  multipartContentType,
  multipartEnd,
  multipartLength,
  newBoundary,
  partStart,
} from '../http/multipart.ts';
import { PacedResponse } from '../http/paced-response.ts';

/** A content of bulk data, where it comes from, and the URL that names it. */
export interface BulkPart {
  readonly source: BulkSource;
  readonly content: BulkContent;
  readonly location: string;
}

/** One answer of bulk data. */
export class BulkAnswer {
  readonly #request: Request;
  readonly #response: Response;
  readonly #paced: PacedResponse;
  readonly #boundary = newBoundary();
  /** How many parts have been sent, or begun. */
  #parts = 0;

  constructor(request: Request, response: Response) {
    this.#request = request;
    this.#response = response;
    this.#paced = new PacedResponse(response);
  }

  tally(instances: number): TransferTally {
    return { instances, bytes: this.#paced.bytes };
  }

  /** Sends the bytes of one content alone, or the range of them that the client asks for. */
  async sendAlone({ source, content }: BulkPart, mediaType: string): Promise<void> {
    const response = this.#response;
    const { headers } = this.#request;
    const { length } = content;
    const tag = tagOf(source, content, mediaType);
    if (answerNotModified(this.#request, response, tag)) return;
    response.setHeader('Accept-Ranges', 'bytes');
    const ifRange = headers['if-range'];
    const isSame = ifRange === undefined || ifRange === `"${tag}"`;
    const range = isSame ? parseByteRange(headers.range, length) : undefined;
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${length}`);
      response.status(416).end();
      return;
    }
    response.status(range === undefined ? 200 : 206);
    response.setHeader('Content-Type', typeOf(mediaType, content));
    const { start, end } = range ?? { start: 0, end: length };
    if (range !== undefined) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${length}`);
    response.setHeader('Content-Length', end - start);
    this.#parts = 1;
    for await (const chunk of bulkBytes(source, content, { start, end })) await this.#paced.write(chunk);
    response.end();
  }

  /** Sends a message of parts that are all known. */
  async sendMultipart(parts: readonly BulkPart[], { mediaType }: BulkForm): Promise<void> {
    const response = this.#response;
    const headers = parts.map((part) => headerOf(part, mediaType));
    response.status(200);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', multipartContentType(mediaType, this.#boundary));
    response.setHeader('Content-Length', multipartLength(this.#boundary, headers));
    for (const part of parts) await this.#sendPart(part, mediaType);
    response.end(multipartEnd(this.#boundary));
  }

  /**
   * Sends a message of parts as they come, each with the type of its bytes.
   * @param status told when the first part is there
   * @returns false where there was none: nothing has been sent then
   */
  async sendStreamed(
    parts: AsyncIterable<BulkPart>,
    head: { readonly status: 200 | 206; readonly warning: string | undefined },
  ): Promise<boolean> {
    const response = this.#response;
    for await (const part of parts) {
      if (this.#parts === 0) {
        response.status(head.status);
        response.setHeader('Cache-Control', 'no-store');
        response.setHeader('Content-Type', multipartContentType(octetStream, this.#boundary));
        if (head.warning !== undefined) response.setHeader('Warning', head.warning);
      }
      await this.#sendPart(part, part.content.mediaType ?? octetStream);
    }
    if (this.#parts === 0) return false;
    response.end(multipartEnd(this.#boundary));
    return true;
  }

  /** The header leaves with the first bytes, so that a file that is damaged is known before. */
  async #sendPart(part: BulkPart, mediaType: string): Promise<void> {
    const { source, content } = part;
    let start: Buffer | undefined = Buffer.from(
      partStart(this.#boundary, headerOf(part, mediaType), this.#parts === 0),
    );
    for await (const chunk of bulkBytes(source, content, { start: 0, end: content.length })) {
      if (start !== undefined) await this.#paced.write(start);
      start = undefined;
      await this.#paced.write(chunk);
    }
    if (start !== undefined) await this.#paced.write(start);
    this.#parts += 1;
  }
}

const octetStream = 'application/octet-stream';

function headerOf({ content, location }: BulkPart, mediaType: string): PartHeader & { length: number } {
  return { contentType: typeOf(mediaType, content), length: content.length, location };
}

/** The transfer syntax is named where it is not the default one; what plays a video expects none. */
function typeOf(mediaType: string, { transferSyntaxUid }: BulkContent): string {
  const isPlain = transferSyntaxUid === explicitVrLittleEndian || isVideo(transferSyntaxUid);
  return isPlain ? mediaType : `${mediaType}; transfer-syntax=${transferSyntaxUid}`;
}

function tagOf({ instance }: BulkSource, { pieces }: BulkContent, mediaType: string): string {
  const [first] = pieces;
  const { size, crc32 } = instance;
  return [size, crc32, first?.offset ?? 0, mediaType.replace('/', '.')].join('-');
}
