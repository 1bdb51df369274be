import { type IncomingMessage, get } from 'node:http';
import { readPart10 } from './part10.ts';
import { sortedDigests } from './scripted-study.ts';

export interface BodyPart {
  readonly contentType: string;
  readonly body: Buffer;
}

/** An answer as a careful client sees it. */
export interface WadoAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** True where the connection ended before the answer was whole. */
  readonly isBroken: boolean;
}

/** An answer of which the header has come. */
export interface OpenAnswer extends Disposable {
  readonly response: IncomingMessage;
  /** Reads until so many bytes of the body have come, in all; fails where they do not within `withinMs`. */
  readUntil(bytes: number, withinMs?: number): Promise<Buffer>;
  /** The rest. */
  finish(): Promise<WadoAnswer>;
}

export interface WadoRequest {
  readonly accept?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds after which the request fails (25,000). */
  readonly withinMs?: number;
}

export const asStored = 'multipart/related; type="application/dicom"; transfer-syntax=*';

/** Asks and waits for the header of the answer. */
export async function openRetrieve(url: string, request: WadoRequest = {}): Promise<OpenAnswer> {
  const { accept = asStored, headers = {}, withinMs = 25_000 } = request;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = get(url, {
      agent: false,
      headers: { Accept: accept, ...headers },
      signal: AbortSignal.timeout(withinMs),
    });
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  const chunks: Buffer[] = [];
  let length = 0;
  let isBroken: boolean | undefined;
  let wake = (): void => undefined;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    wake();
  });
  response.on('error', () => undefined);
  response.once('close', () => {
    isBroken = !response.complete;
    wake();
  });
  const until = async (condition: () => boolean, ms: number): Promise<void> => {
    const limit = AbortSignal.timeout(ms);
    while (!condition()) {
      if (limit.aborted) throw new Error(`${length} bytes came within ${ms} ms, and then nothing more.`);
      await new Promise<void>((resolve) => {
        wake = resolve;
        limit.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  };
  return {
    response,
    async readUntil(bytes, ms = 10_000) {
      await until(() => length >= bytes || isBroken !== undefined, ms);
      return Buffer.concat(chunks);
    },
    async finish() {
      await until(() => isBroken !== undefined, withinMs);
      return {
        status: response.statusCode ?? 0,
        headers: response.headers as Record<string, string | undefined>,
        body: Buffer.concat(chunks),
        isBroken: isBroken ?? true,
      };
    },
    [Symbol.dispose]: () => {
      response.destroy();
    },
  };
}

export async function retrieve(url: string, request: WadoRequest = {}): Promise<WadoAnswer> {
  using open = await openRetrieve(url, request);
  return await open.finish();
}

/**
 * The parts of a multipart answer, read strictly.
 * @param type media type of the parts
 * @throws Error where it is none of that type, or not whole
 */
export function partsOf(
  { headers, body }: Pick<WadoAnswer, 'headers' | 'body'>,
  type = 'application/dicom',
): BodyPart[] {
  const [, stated, boundary] =
    /^multipart\/related; type="([^"]+)"; boundary=(\w+)$/.exec(headers['content-type'] ?? '') ?? [];
  if (boundary === undefined || stated !== type)
    throw new Error(`This is no multipart answer: ${headers['content-type']}.`);
  const parts: BodyPart[] = [];
  let position = 0;
  const take = (text: string): boolean => {
    if (body.toString('latin1', position, position + text.length) !== text) return false;
    position += text.length;
    return true;
  };
  if (!take(`--${boundary}\r\n`)) throw new Error('The answer does not begin with its boundary.');
  for (;;) {
    const headerEnd = body.indexOf('\r\n\r\n', position);
    const end = body.indexOf(`\r\n--${boundary}`, headerEnd + 4);
    if (headerEnd < 0 || end < 0) throw new Error('A part has no end.');
    const [contentType = '', length] = headerValues(body.toString('latin1', position, headerEnd));
    const part = body.subarray(headerEnd + 4, end);
    if (length !== undefined && Number(length) !== part.length)
      throw new Error(`A part of ${part.length} bytes says that it has ${length}.`);
    parts.push({ contentType, body: part });
    position = end + boundary.length + 4;
    if (take('--\r\n')) break;
    if (!take('\r\n')) throw new Error('A boundary is followed by something else.');
  }
  if (position !== body.length) throw new Error('Something follows the end of the answer.');
  return parts;
}

/** Content-Type and Content-Length of a part. */
function headerValues(header: string): (string | undefined)[] {
  const lines = header.split('\r\n').map((line) => /^([\w-]+): (.*)$/.exec(line));
  return ['Content-Type', 'Content-Length'].map((name) => lines.find((line) => line?.[1] === name)?.[2]);
}

/** SHA-256 of each data set in a multipart answer, sorted so that they can be compared. */
export function digestsOf(answer: Pick<WadoAnswer, 'headers' | 'body'>): string[] {
  return sortedDigests(partsOf(answer).map(({ body }) => readPart10(body)));
}
