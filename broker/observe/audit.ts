import type { Logger } from './logger.ts';
import { redactUrl } from './url-redaction.ts';

/** Who asked: what an audit message calls the requesting active participant (PS3.15 A.5.2.2). */
export interface AuditedRequester {
  readonly remoteAddress: string;
  readonly userAgent?: string | undefined;
  /** The authenticated user, where there is one. */
  readonly user?: string | undefined;
}

/** What was asked for, by what, and of which archive. */
export interface AuditedRequest extends AuditedRequester {
  /** HTTP method, or the DIMSE command of a peer. */
  readonly verb: string;
  /** Request target; values that may name a person are left out of the entry. */
  readonly url?: string | undefined;
  readonly archive: string;
}

/** UIDs of the objects that were asked for. */
export interface AuditedObjects {
  readonly study?: string | undefined;
  readonly series?: string | undefined;
  readonly instance?: string | undefined;
}

/** How it ended; `status` is the HTTP status that the requester got. */
export interface AuditedOutcome {
  readonly status: number;
  readonly durationInMs: number;
}

interface AuditEvent {
  readonly code: string;
  readonly name: string;
  /** PS3.15 table A.5.2-1: C create, E execute, R read. */
  readonly action: 'C' | 'E' | 'R';
}

/** Event identifiers of CID 400 (PS3.16), scheme DCM. */
const events = {
  query: { code: '110112', name: 'Query', action: 'E' },
  begin: { code: '110102', name: 'Begin Transferring DICOM Instances', action: 'E' },
  transferred: { code: '110104', name: 'DICOM Instances Transferred', action: 'R' },
  logUsed: { code: '110101', name: 'Audit Log Used', action: 'R' },
  stored: { code: '110104', name: 'DICOM Instances Transferred', action: 'C' },
} as const satisfies Record<string, AuditEvent>;

/** A user agent is whatever a client says it is. */
const maxUserAgentLength = 256;

/** EventOutcomeIndicator (PS3.15 A.5.2): 0 success, 4 minor failure (the request's fault), 8 serious failure. */
function outcomeOf(status: number): 0 | 4 | 8 {
  if (status < 400) return 0;
  return status < 500 ? 4 : 8;
}

/**
 * Who asked for which study when, in the terms of DICOM's audit messages (PS3.15 A.5.3), as log entries
 * with `audit: true`. They are written whatever the log level is. The patient, which those messages name
 * too, is left out: the UIDs lead to it in the archive, where access to names is controlled.
 */
export class AuditTrail {
  readonly #log: Logger;

  constructor(logger: Logger) {
    this.#log = logger.child({ audit: true }, 'info');
  }

  /** A query was answered (PS3.15 A.5.3.10); `matches` is the number of results sent. */
  query(
    request: AuditedRequest & AuditedObjects,
    outcome: AuditedOutcome & { readonly matches: number },
  ): void {
    this.#write(events.query, request, { ...outcome, outcome: outcomeOf(outcome.status) });
  }

  /** The first instance of what was asked for is on its way to the requester (PS3.15 A.5.3.3). */
  beginTransferring(request: AuditedRequest & AuditedObjects): void {
    this.#write(events.begin, request, { outcome: 0 });
  }

  /**
   * A transfer to the requester ended (PS3.15 A.5.3.7).
   * @param outcome `complete` is false where the connection broke or instances were missing; `instances`
   *   and `bytes` are what was sent until then
   */
  instancesTransferred(
    request: AuditedRequest & AuditedObjects,
    outcome: AuditedOutcome & {
      readonly complete: boolean;
      readonly instances: number;
      readonly bytes: number;
    },
  ): void {
    const indicator = outcomeOf(outcome.status);
    this.#write(events.transferred, request, {
      ...outcome,
      outcome: indicator === 0 && !outcome.complete ? 8 : indicator,
    });
  }

  /**
   * What a client sent was stored at the archive, or some of it (PS3.15 A.5.3.7).
   * @param outcome `complete` is false where the archive did not take all; `instances` and `bytes` are what it took
   */
  instancesStored(
    request: AuditedRequest & AuditedObjects,
    outcome: AuditedOutcome & {
      readonly complete: boolean;
      readonly instances: number;
      readonly bytes: number;
    },
  ): void {
    const indicator = outcomeOf(outcome.status);
    this.#write(events.stored, request, {
      ...outcome,
      outcome: indicator === 0 && !outcome.complete ? 4 : indicator,
    });
  }

  /** Somebody reads the log with what it hides from others: names of patients (PS3.15 A.5.3.2). */
  logUsed(requester: AuditedRequester): void {
    this.#write(events.logUsed, requester, { outcome: 0, withPatientData: true });
  }

  #write(
    event: AuditEvent,
    request: AuditedRequester & Partial<AuditedRequest & AuditedObjects>,
    outcome: object,
  ): void {
    const { url, userAgent, ...rest } = request;
    this.#log.info(
      {
        event: event.code,
        action: event.action,
        ...rest,
        ...(url === undefined ? {} : { url: redactUrl(url) }),
        ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, maxUserAgentLength) }),
        ...outcome,
      },
      event.name,
    );
  }
}
