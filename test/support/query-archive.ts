import { ArchiveFind } from '../../broker/archive/archive-find.ts';
import { findContexts, findExtendedNegotiation } from '../../broker/archive/find-negotiation.ts';
import { AssociationPool } from '../../broker/dimse/association-pool.ts';
import { Permits } from '../../broker/dimse/permits.ts';
import { numberContexts } from '../../broker/dimse/presentation-context.ts';
import { loadQuickAck } from '../../broker/dimse/quick-ack.ts';
import type { Logger } from '../../broker/observe/logger.ts';
import type { LogBook } from '../../broker/observe/log-book.ts';
import { createLogger } from '../../broker/observe/logger.ts';
import type { Peer } from './dcmtk-tools.ts';

/** What a logger wrote, line by line. */
export interface RecordedLog {
  readonly logger: Logger;
  readonly lines: string[];
}

export function recordedLog(book?: LogBook): RecordedLog {
  const lines: string[] = [];
  const settings = { level: 'debug', format: 'json', file: '', fileMaxSizeInMb: 1, fileMaxCount: 1 } as const;
  const output = {
    write: (line: string) => {
      lines.push(line);
    },
    close: () => undefined,
  };
  return { logger: createLogger(settings, output, book), lines };
}

export interface QueryArchiveOptions {
  readonly logger?: Logger;
  readonly maxAssociations?: number;
  readonly responseTimeoutMs?: number;
  readonly relational?: 'auto' | 'no';
  readonly characterSet?: string;
}

export interface QueryArchive extends AsyncDisposable {
  readonly find: ArchiveFind;
  readonly permits: Permits;
}

/** An ArchiveFind with its pools, in front of `peer`; disposal releases the associations. */
export function queryArchive(peer: Peer, options: QueryArchiveOptions = {}): QueryArchive {
  // As the gateway does by default.
  const loaded = loadQuickAck();
  const quickAck = 'quickAck' in loaded ? loaded.quickAck : undefined;
  const permits = new Permits(options.maxAssociations ?? 4, 'the archive under test');
  const pool = (fuzzy: boolean): AssociationPool =>
    new AssociationPool({
      request: {
        endpoint: {
          host: peer.host,
          port: peer.port,
          calledAeTitle: peer.aeTitle,
          callingAeTitle: 'BROKER',
        },
        contexts: numberContexts(findContexts()),
        extended: findExtendedNegotiation(fuzzy),
        limits: {
          connectTimeoutMs: 2_000,
          associationTimeoutMs: 2_000,
          transferTimeoutMs: 2_000,
          maxPduLength: 131_072,
        },
        quickAck,
      },
      permits,
      queueTimeoutMs: 5_000,
      idleTimeoutMs: 10_000,
    });
  const [literal, fuzzy] = [pool(false), pool(true)];
  const find = new ArchiveFind({
    name: 'default',
    literal,
    fuzzy,
    relational: options.relational ?? 'auto',
    characterSet: options.characterSet ?? '',
    responseTimeoutMs: options.responseTimeoutMs ?? 5_000,
    logger: options.logger ?? recordedLog().logger,
  });
  return {
    find,
    permits,
    async [Symbol.asyncDispose]() {
      await Promise.all([literal.stop(), fuzzy.stop()]);
    },
  };
}
