import { ORPCError } from '@orpc/server';
import { formatStatus } from '../domain/dimse-status.ts';
import { BrokerError, type ErrorCode } from '../domain/errors.ts';
import type { Trouble } from './contract/gateway-state.ts';

/** The HTTP status of each error code in the control API. docs/errors.md explains them to users. */
const statuses: Readonly<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'too-large': 413,
  'unsupported-media-type': 415,
  'client-timeout': 408,
  unauthorized: 401,
  forbidden: 403,
  'not-acceptable': 406,
  'not-found': 404,
  // The host lacks what was asked for, such as a window to choose a folder in.
  'not-supported': 501,
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
  cancelled: 499,
  // Here it is what was sent that is wrong: the settings themselves.
  configuration: 422,
  internal: 500,
};

/** What errors of the library itself are, by their HTTP status. */
const codesByStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'bad-request'],
  [404, 'not-found'],
  [405, 'bad-request'],
  [408, 'client-timeout'],
  [413, 'too-large'],
  [415, 'unsupported-media-type'],
]);

/** An error as the window shows it. A defect is not explained to users: the log says more. */
export function troubleOf(error: BrokerError): Trouble {
  const { code, dimseStatus, remedy } = error;
  const isDefect = code === 'internal';
  return {
    message: isDefect ? 'The gateway failed. Its log says more.' : error.message,
    ...(remedy === undefined || isDefect ? {} : { remedy }),
    code,
    ...(dimseStatus === undefined ? {} : { dimseStatus: formatStatus(dimseStatus) }),
  };
}

/**
 * The error that the control API answers with, in both of its forms: the code of docs/errors.md, its status,
 * and as data what `trouble` of the contract describes.
 */
export function controlError(error: BrokerError): ORPCError<ErrorCode, Trouble> {
  const trouble = troubleOf(error);
  return new ORPCError(error.code, {
    status: statuses[error.code],
    message: trouble.message,
    data: trouble,
    cause: error,
  });
}

/** An error of the library (a body that does not fit the contract, no such procedure) as one of ours. */
export function brokerErrorOf(error: ORPCError<string, unknown>): BrokerError {
  const code = codesByStatus.get(error.status) ?? 'internal';
  return new BrokerError(code, issuesIn(error.data) ?? `The request cannot be served: ${error.message}.`, {
    cause: error,
  });
}

/** What the contract finds wrong with an input, in one sentence for each field. */
function issuesIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues))
    return undefined;
  const issues = data.issues.slice(0, 10) as { message?: unknown; path?: unknown }[];
  return issues
    .map(({ message, path }) => {
      const field = Array.isArray(path) ? path.map(String).join('.').slice(0, 200) : '';
      return `${field === '' ? 'The request' : field} is wrong: ${String(message)}.`;
    })
    .join(' ');
}
