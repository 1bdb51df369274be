import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';

/** A part that is to be sent. */
export interface SentPart {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface StoreAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface StoreRequest {
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

/** UIDs and reasons of an answer in DICOM JSON. */
export interface StoredAndFailed {
  readonly retrieveUrl: string | undefined;
  readonly stored: readonly { readonly instance: string; readonly url: string; readonly warning?: number }[];
  readonly failed: readonly { readonly instance: string; readonly reason: number }[];
  readonly other: readonly number[];
}

const boundary = 'a-boundary-of-tests';

/** A message of parts, each application/dicom unless it says otherwise. */
export function multipart(parts: readonly SentPart[]): Buffer {
  const pieces: Buffer[] = [];
  for (const { headers = { 'Content-Type': 'application/dicom' }, body } of parts) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    pieces.push(Buffer.from(`--${boundary}\r\n${lines.join('')}\r\n`), body, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

export function multipartType(type = 'application/dicom'): string {
  return `multipart/related; type="${type}"; boundary=${boundary}`;
}

/** Opens a store; the caller writes the body. */
export function openStore(
  url: string,
  { contentType = multipartType(), headers = {}, withinMs = 25_000 }: StoreRequest = {},
): { readonly sending: ClientRequest; readonly answer: Promise<StoreAnswer> } {
  const sending = httpRequest(url, {
    method: 'POST',
    agent: false,
    headers: { 'Content-Type': contentType, ...headers },
    signal: AbortSignal.timeout(withinMs),
  });
  const answer = new Promise<StoreAnswer>((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
  });
  return { sending, answer };
}

/** Sends a whole body. */
export async function store(url: string, body: Buffer, request: StoreRequest = {}): Promise<StoreAnswer> {
  const { sending, answer } = openStore(url, {
    ...request,
    headers: { 'Content-Length': String(body.length), ...request.headers },
  });
  sending.end(body);
  return await answer;
}

/** Sends Part 10 files. */
export function storeFiles(url: string, files: readonly Buffer[]): Promise<StoreAnswer> {
  return store(url, multipart(files.map((body) => ({ body }))));
}

type Json = Readonly<Record<string, { readonly Value?: readonly unknown[] }>>;

/** Reads an answer in DICOM JSON. */
export function storedAndFailed({ text }: Pick<StoreAnswer, 'text'>): StoredAndFailed {
  const module = JSON.parse(text) as Json;
  const items = (tag: string): Json[] => (module[tag]?.Value ?? []) as Json[];
  const firstText = (item: Json, tag: string): string => item[tag]?.Value?.[0] as string;
  const firstNumber = (item: Json, tag: string): number => item[tag]?.Value?.[0] as number;
  return {
    retrieveUrl: firstText(module, '00081190'),
    stored: items('00081199').map((item) => ({
      instance: firstText(item, '00081155'),
      url: firstText(item, '00081190'),
      ...(item['00081196'] === undefined ? {} : { warning: firstNumber(item, '00081196') }),
    })),
    failed: items('00081198').map((item) => ({
      instance: firstText(item, '00081155'),
      reason: firstNumber(item, '00081197'),
    })),
    other: items('0008119A').map((item) => firstNumber(item, '00081197')),
  };
}
