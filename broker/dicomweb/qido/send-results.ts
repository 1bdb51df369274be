import type { Response } from 'express';
import { BrokerError } from '../../domain/errors.ts';
import type { QidoRequest } from './qido-parameters.ts';
import type { QidoSearch } from './qido-search.ts';
import type { ResultFormat } from '../http/result-format.ts';
import { TextSender } from '../http/text-sender.ts';
import { searchWarnings } from './warning.ts';

export interface SendOptions {
  readonly request: QidoRequest;
  readonly format: ResultFormat;
  /** Absolute URL of the service, for Warning headers. */
  readonly service: string;
  /** Aborted where the client is gone. */
  readonly signal: AbortSignal;
}

/**
 * Sends a search's results: 204 where there are none, else 200 (PS3.18 section 10.6.3.1).
 *
 * Where the client states a limit, results leave as they come, and a warning that becomes known only
 * then follows as a trailer field. Where it states none, they are held until the end, which the default
 * limit bounds: a client must learn from the header that its list was cut, since most cannot read trailers.
 * @throws BrokerError of the search; where the head was sent before, the answer must be broken off
 */
export async function sendResults(
  response: Response,
  search: QidoSearch,
  options: SendOptions,
): Promise<void> {
  setHeaders(response);
  const warnings = (): string[] => searchWarnings(options.service, options.request, search.outcome);
  if (options.request.limit === undefined) await sendHeld(response, search, { ...options, warnings });
  else await sendStreamed(response, search, { ...options, warnings });
}

function setHeaders(response: Response): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.vary('Accept');
}

interface Sending extends SendOptions {
  readonly warnings: () => string[];
}

async function sendHeld(
  response: Response,
  search: QidoSearch,
  { format, warnings }: Sending,
): Promise<void> {
  const texts: string[] = [];
  for await (const result of search.results()) texts.push(format.item(result, texts.length === 0));
  if (texts.length === 0) {
    endEmpty(response, warnings());
    return;
  }
  if (warnings().length > 0) response.setHeader('Warning', warnings());
  const body = Buffer.from(texts.join('') + format.end, 'utf8');
  response.status(200);
  response.setHeader('Content-Type', format.contentType);
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

async function sendStreamed(response: Response, search: QidoSearch, sending: Sending): Promise<void> {
  const sender = new TextSender(response, sending.signal);
  try {
    await stream(sender, { response, search, sending });
  } catch (error) {
    sender.discard();
    response.removeHeader('Trailer');
    response.removeHeader('Warning');
    throw error;
  }
}

interface Streaming {
  readonly response: Response;
  readonly search: QidoSearch;
  readonly sending: Sending;
}

async function stream(sender: TextSender, { response, search, sending }: Streaming): Promise<void> {
  const { format, warnings, signal } = sending;
  // Trailer fields need chunks, which neither HTTP/1.0 nor an answer to HEAD has.
  const canTrail = response.req.httpVersion === '1.1' && response.req.method !== 'HEAD';
  let told: string[] | undefined;
  for await (const result of search.results()) {
    if (signal.aborted) throw new BrokerError('cancelled', 'The client is gone.');
    const isFirst = told === undefined;
    if (told === undefined) {
      told = warnings();
      response.status(200);
      response.setHeader('Content-Type', format.contentType);
      if (canTrail) response.setHeader('Trailer', 'Warning');
      if (told.length > 0) response.setHeader('Warning', told);
    }
    await sender.write(format.item(result, isFirst));
  }
  if (told === undefined) {
    endEmpty(response, warnings());
    return;
  }
  await sender.write(format.end);
  sender.finish();
  const known = told;
  const late = warnings().filter((warning) => !known.includes(warning));
  if (canTrail && late.length > 0)
    response.addTrailers(late.map((warning): [string, string] => ['Warning', warning]));
  response.end();
}

function endEmpty(response: Response, warnings: string[]): void {
  if (warnings.length > 0) response.setHeader('Warning', warnings);
  response.status(204).end();
}
