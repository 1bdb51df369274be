import { implement } from '@orpc/server';
import { BrokerError } from '../../domain/errors.ts';
import { contract } from '../contract/contract.ts';
import type { ControlServices } from '../control-services.ts';

const retrievals = implement(contract.retrievals);

/** What can be done about retrievals that go on. */
export function retrievalsHandlers({ lifecycle }: ControlServices) {
  return {
    cancel: retrievals.cancel.handler(({ input }) => {
      const isCancelled = lifecycle.parts?.retrieval.cancel(input.id, 'somebody cancelled it');
      if (isCancelled !== true) throw new BrokerError('not-found', 'That retrieval is over already.');
    }),
  };
}
