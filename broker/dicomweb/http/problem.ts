import type { Response } from 'express';
import { DimseStatus, formatStatus } from '../../domain/dimse-status.ts';
import type { BrokerError } from '../../domain/errors.ts';
import { type ErrorCode } from '../../domain/errors.ts';
import { chooseOffer, parseAccept } from './accept.ts';

/** The HTTP status of each error code. docs/errors.md explains them to users. */
const statuses: Readonly<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'too-large': 413,
  'unsupported-media-type': 415,
  'client-timeout': 408,
  unauthorized: 401,
  forbidden: 403,
  'not-acceptable': 406,
  'not-found': 404,
  'not-supported': 405,
  'archive-unreachable': 502,
  'association-rejected': 502,
  'association-aborted': 502,
  'context-not-accepted': 502,
  'archive-refused': 502,
  'archive-timeout': 504,
  'retrieve-pending': 503,
  'instances-missing': 502,
  busy: 503,
  'disk-full': 507,
  'cache-damaged': 500,
  'malformed-data-set': 502,
  // Nobody reads the answer: the number is for the log, as other servers write it there.
  cancelled: 499,
  configuration: 500,
  internal: 500,
};

/** Seconds that a client is told to wait where the error does not say. */
const defaultRetryAfter: Readonly<Record<number, number>> = { 503: 30 };

/** An error as an HTTP answer, before it is put into a media type. */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode;
  /** What happened, and what to do about it. */
  readonly detail: string;
  readonly dimseStatus: string | undefined;
  readonly retryAfterInSecs: number | undefined;
}

/** The HTTP answer to an error (PS3.18 section 8.5). */
export function problemOf(error: BrokerError): Problem {
  const status = statusOf(error);
  const isOwnFault = error.code === 'internal' || error.code === 'configuration';
  const message = isOwnFault ? 'The gateway failed. Its log says more.' : error.message;
  return {
    status,
    code: error.code,
    detail: [message, isOwnFault ? undefined : error.remedy].filter(Boolean).join(' '),
    dimseStatus: error.dimseStatus === undefined ? undefined : formatStatus(error.dimseStatus),
    retryAfterInSecs: error.retryAfterInSecs ?? defaultRetryAfter[status],
  };
}

/** An archive that is out of resources may have them again later: 503 instead of 502. */
function statusOf(error: BrokerError): number {
  const isExhausted =
    error.code === 'archive-refused' &&
    (error.dimseStatus === DimseStatus.outOfResources ||
      error.dimseStatus === DimseStatus.unableToCalculateMatches);
  return isExhausted ? 503 : statuses[error.code];
}

const problemJson = { type: 'application/problem+json' };
const json = { type: 'application/json' };
const dicomJson = { type: 'application/dicom+json' };
const text = { type: 'text/plain' };

/**
 * Sends an error: as a problem document (RFC 9457) where the client takes JSON of any kind, else as
 * plain text. Never as HTML, and never sniffed as such: an error text may repeat what was sent.
 * @param accept the request's Accept header
 */
export function sendProblem(response: Response, error: BrokerError, accept: string | undefined): void {
  const problem = problemOf(error);
  const wanted = chooseOffer(parseAccept(accept), [problemJson, json, dicomJson, text]) ?? text;
  const isText = wanted === text;
  response.status(problem.status);
  response.setHeader('Content-Type', isText ? 'text/plain; charset=utf-8' : problemJson.type);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (problem.retryAfterInSecs !== undefined)
    response.setHeader('Retry-After', String(problem.retryAfterInSecs));
  response.end(isText ? problemText(problem) : problemDocument(problem));
}

function problemText({ detail, dimseStatus }: Problem): string {
  return `${detail}${dimseStatus === undefined ? '' : ` (DIMSE status ${dimseStatus})`}\n`;
}

function problemDocument({ status, code, detail, dimseStatus }: Problem): string {
  return JSON.stringify({ type: 'about:blank', title: code, status, detail, dimseStatus });
}
