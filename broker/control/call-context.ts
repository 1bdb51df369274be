import type { Response } from 'express';
import type { AuditedRequester } from '../observe/audit.ts';

/** What a call of a procedure knows of its HTTP request. */
export interface CallContext {
  readonly response: Response;
}

/** Who called, for the audit trail. */
export function requesterOf({ response: { req } }: CallContext): AuditedRequester {
  return {
    remoteAddress: req.socket.remoteAddress ?? 'unknown',
    userAgent: req.headers['user-agent'],
  };
}
