import type { RetrieveOutcome } from '../archive/archive-retrieve.ts';
import { formatStatus, statusClass } from '../domain/dimse-status.ts';
import { BrokerError } from '../domain/errors.ts';
import type { Resource } from '../domain/resource.ts';

/** The resource in a sentence: study 1.2.3. */
export function describeResource(resource: Resource): string {
  if (resource.level === 'study') return `study ${resource.study}`;
  if (resource.level === 'series') return `series ${resource.series}`;
  return `instance ${resource.instance}`;
}

export function notFoundError(resource: Resource, archive: string): BrokerError {
  return new BrokerError('not-found', `Archive ${archive} has no ${describeResource(resource)}.`);
}

export interface Incomplete {
  readonly resource: Resource;
  readonly archive: string;
  readonly received: number;
  readonly missing: number;
  readonly outcome: RetrieveOutcome | undefined;
}

export function incompleteError({ resource, archive, received, missing, outcome }: Incomplete): BrokerError {
  const said =
    outcome === undefined || statusClass(outcome.status) === 'success'
      ? ''
      : ` Its last answer was ${formatStatus(outcome.status)}${outcome.comment === undefined ? '' : `, "${outcome.comment}"`}.`;
  return new BrokerError(
    'instances-missing',
    `Archive ${archive} sent ${received} instances of ${describeResource(resource)}; ${missing} are missing.${said}`,
    {
      remedy: 'Look in the archive’s log for the instances that it could not send.',
      ...(outcome === undefined || statusClass(outcome.status) === 'success'
        ? {}
        : { dimseStatus: outcome.status }),
    },
  );
}

/** What a client is told while a retrieval that failed waits to try again: why, and when to come back. */
export function pendingError(reason: BrokerError, retryAfterInSecs: number): BrokerError {
  const { message, remedy, dimseStatus } = reason;
  return new BrokerError('retrieve-pending', `${message} The gateway tries again by itself.`, {
    retryAfterInSecs,
    cause: reason,
    ...(remedy === undefined ? {} : { remedy }),
    ...(dimseStatus === undefined ? {} : { dimseStatus }),
  });
}
