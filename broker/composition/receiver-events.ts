import { DimseStatus, formatStatus } from '../domain/dimse-status.ts';
import type { ReceiverEvents } from '../receiving/receiver.ts';
import type { Retrieval } from '../retrieval/retrieval.ts';
import type { PartContext } from './part-context.ts';
import type { Storage } from './storage.ts';

export interface ReceiverEventsOptions extends PartContext {
  /** Those that are in use when something comes. */
  readonly storage: () => Storage;
  readonly retrieval: () => Retrieval;
}

/** What becomes of that which the receiving thread tells. */
export function receiverEvents(options: ReceiverEventsOptions): ReceiverEvents {
  const { logger, health, metrics, storage, retrieval } = options;
  return {
    stored: (instance) => {
      const { cache, metadata, summaries } = storage();
      cache.add(instance);
      metadata.prepare(instance);
      summaries.arrived(instance);
      metrics.instanceReceived(instance.archive, instance.size - instance.dataSetOffset);
      retrieval().arrived(instance);
    },
    receiving: ({ archive, study, bytes }) => {
      retrieval().active(archive, study, bytes);
    },
    refused: ({ status, comment, sopInstanceUid, callingAeTitle, peer, association }) => {
      const fields = { status: formatStatus(status), sopInstanceUid, callingAeTitle, peer, association };
      logger.warn(fields, `An instance was refused: ${comment ?? 'no reason'}.`);
      if (status === DimseStatus.outOfResources) {
        health.report('cache', {
          state: 'not-working',
          reason: `${comment ?? 'The cache cannot be written'}.`,
          remedy: 'Free space on the disk of the cache, or lower scp.cache_max_size_in_mb.',
        });
        void storage().cache.evict();
      }
    },
    association: ({ what, association, peer, callingAeTitle, open, reason }) => {
      const fields = {
        peer,
        association,
        callingAeTitle,
        open,
        ...(reason === undefined ? {} : { reason }),
      };
      if (what === 'closed' && reason === undefined)
        logger.debug(fields, 'An association with the storage SCP was closed.');
      else if (what === 'opened') logger.debug(fields, 'An association with the storage SCP was opened.');
      else logger.warn(fields, `An association with the storage SCP was ${what}.`);
    },
    crashed: (error) => {
      logger.error({ err: error }, 'The receiving thread broke down and is started again.');
      health.report('storage SCP', {
        state: 'not-working',
        reason: `The receiving thread broke down: ${error.message}.`,
      });
    },
    listening: () => {
      health.report('storage SCP', { state: 'working' });
    },
  };
}
