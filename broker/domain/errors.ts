/**
 * Everything that can go wrong in the gateway, as one closed list. Each code is mapped to an
 * HTTP status in exactly two places: DICOMweb's problem answers and the control API's.
 */
export const errorCodes = [
  /** The request itself is wrong: unknown attribute, malformed UID, a limit that is no number. */
  'bad-request',
  /** The request's body is larger, or has more parts, than is allowed. */
  'too-large',
  /** The request's body has a media type or an encoding that is not taken. */
  'unsupported-media-type',
  /** The client sent nothing more of its request. */
  'client-timeout',
  /** Who asks has shown no token, or not the right one. */
  'unauthorized',
  /** Who asks may not do that. */
  'forbidden',
  /** No representation that the Accept header allows can be made. */
  'not-acceptable',
  /** The archive knows no such study, series or instance. */
  'not-found',
  /** No such route, or this method is not offered on it. */
  'not-supported',
  /** No TCP connection to the archive: refused, unreachable, name unknown. */
  'archive-unreachable',
  /** The archive answered A-ASSOCIATE-RJ. */
  'association-rejected',
  /** The archive broke the association: A-ABORT, a closed connection, a malformed PDU. */
  'association-aborted',
  /** The archive accepted the association but none of the presentation contexts that are needed. */
  'context-not-accepted',
  /** The archive answered a request with a failure status. */
  'archive-refused',
  /** The archive was silent for longer than the limit allows. */
  'archive-timeout',
  /** A retrieval goes on but has delivered nothing yet: ask again later. */
  'retrieve-pending',
  /** A retrieval ended without all the instances that the archive announced. */
  'instances-missing',
  /** A limit on concurrent work is reached: ask again later. */
  'busy',
  /** The cache directory's disk is full, or the cache may not grow any more. */
  'disk-full',
  /** A cached file is damaged or gone. */
  'cache-damaged',
  /** A data set cannot be read or converted. */
  'malformed-data-set',
  /** The caller gave up. */
  'cancelled',
  /** A setting is missing or wrong. */
  'configuration',
  /** A defect of the gateway itself. */
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorDetails {
  /** DIMSE status of the response that caused the error (PS3.7 annex C). */
  readonly dimseStatus?: number;
  /** What a person can do about it, as one or more full sentences. */
  readonly remedy?: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterInSecs?: number;
  readonly cause?: unknown;
}

/** The one error type that crosses a room's border; `message` says what happened, in plain words. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: ErrorCode;
  readonly dimseStatus: number | undefined;
  readonly remedy: string | undefined;
  readonly retryAfterInSecs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.dimseStatus = details.dimseStatus;
    this.remedy = details.remedy;
    this.retryAfterInSecs = details.retryAfterInSecs;
  }
}

/** Anything that was thrown, as a BrokerError: itself, `cancelled` for an abort, else `internal`. */
export function toBrokerError(thrown: unknown): BrokerError {
  if (thrown instanceof BrokerError) return thrown;
  if (thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError')) {
    return new BrokerError('cancelled', 'The request was cancelled.', { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new BrokerError('internal', message, { cause: thrown });
}
