import type { Request, Response } from 'express';
import type { Resource } from '../../domain/resource.ts';
import type { AuditTrail } from '../../observe/audit.ts';
import type { Metrics } from '../../observe/metrics.ts';

export interface AuditedTransferOptions {
  readonly request: Request;
  readonly response: Response;
  readonly archive: { readonly name: string };
  readonly resource: Resource;
  readonly audit: AuditTrail;
  readonly metrics: Metrics;
  /** When the request began, in the time of `performance.now()`. */
  readonly startedAt: number;
  /** Its beginning is told too, not only its end. */
  readonly isLong?: boolean;
}

/** What has been sent so far. */
export interface TransferTally {
  readonly instances: number;
  readonly bytes: number;
}

/** Sends something of a resource, and has the audit trail and the metrics say how that ended. */
export async function auditedTransfer(
  options: AuditedTransferOptions,
  tally: () => TransferTally,
  send: () => Promise<void>,
): Promise<void> {
  const { audit, metrics, response, startedAt } = options;
  const who = audited(options);
  if (options.isLong === true) audit.beginTransferring(who);
  let complete = false;
  try {
    await send();
    complete = true;
  } finally {
    const { instances, bytes } = tally();
    metrics.bytesSent(bytes);
    const durationInMs = Math.round(performance.now() - startedAt);
    audit.instancesTransferred(who, {
      status: response.statusCode,
      durationInMs,
      complete,
      instances,
      bytes,
    });
  }
}

function audited({
  request,
  archive,
  resource,
}: AuditedTransferOptions): Parameters<AuditTrail['beginTransferring']>[0] {
  return {
    remoteAddress: request.socket.remoteAddress ?? 'unknown',
    userAgent: request.headers['user-agent'],
    verb: request.method,
    archive: archive.name,
    study: resource.study,
    ...(resource.level === 'study' ? {} : { series: resource.series }),
    ...(resource.level === 'instance' ? { instance: resource.instance } : {}),
  };
}
