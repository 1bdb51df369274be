import { implement } from '@orpc/server';
import { contract } from '../contract/contract.ts';
import type { ControlServices } from '../control-services.ts';

const state = implement(contract.state);

/** What the overview shows, and what changes of it. */
export function stateHandlers({ watch, lifecycle }: ControlServices) {
  return {
    get: state.get.handler(() => watch.state()),
    events: state.events.handler(({ signal }) => watch.events(signal ?? new AbortController().signal)),
    throughput: state.throughput.handler(() => [...watch.throughput()]),
    restart: state.restart.handler(async () => {
      await lifecycle.restart();
      return watch.state();
    }),
  };
}
