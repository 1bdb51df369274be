import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { BrokerError } from '../../domain/errors.ts';

const maxBodyBytes = 1024 * 1024;

/** Reads bodies before a procedure is looked for: JSON only, of at most 1 MiB, never compressed. */
export function jsonBody(): (RequestHandler | ErrorRequestHandler)[] {
  return [onlyJson, express.json({ limit: maxBodyBytes, strict: false, inflate: false }), explainBodyError];
}

const onlyJson: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody || request.is('application/json') !== false) next();
  else {
    next(
      new BrokerError('unsupported-media-type', 'The control API takes JSON bodies only.', {
        remedy: 'Send the body with Content-Type: application/json.',
      }),
    );
  }
};

const explainBodyError: ErrorRequestHandler = (thrown: unknown, _request, _response, next) => {
  next(bodyError(thrown) ?? thrown);
};

/** What the body parser found wrong, in our words. */
function bodyError(thrown: unknown): BrokerError | undefined {
  if (!(thrown instanceof Error) || !('type' in thrown)) return undefined;
  const details = { cause: thrown };
  switch (thrown.type) {
    case 'entity.too.large':
      return new BrokerError('too-large', 'The body is larger than 1 MiB.', details);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new BrokerError(
        'unsupported-media-type',
        'The body must be JSON in UTF-8, uncompressed.',
        details,
      );
    case 'entity.parse.failed':
      return new BrokerError('bad-request', 'The body is not JSON.', details);
    case 'request.aborted':
    case 'request.size.invalid':
      return new BrokerError('cancelled', 'The body broke off.', details);
    default:
      return undefined;
  }
}
