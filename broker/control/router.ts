import { implement } from '@orpc/server';
import type { CallContext } from './call-context.ts';
import { contract } from './contract/contract.ts';
import type { ControlServices } from './control-services.ts';
import { archivesHandlers } from './handlers/archives-handlers.ts';
import { cacheHandlers } from './handlers/cache-handlers.ts';
import { hostHandlers } from './handlers/host-handlers.ts';
import { logHandlers } from './handlers/log-handlers.ts';
import { probeHandlers } from './handlers/probe-handlers.ts';
import { retrievalsHandlers } from './handlers/retrievals-handlers.ts';
import { settingsHandlers } from './handlers/settings-handlers.ts';
import { stateHandlers } from './handlers/state-handlers.ts';
import { viewersHandlers } from './handlers/viewers-handlers.ts';

const control = implement(contract).$context<CallContext>();

/** The handlers of all groups of the contract; one that is missing does not compile. */
export function controlRouter(services: ControlServices) {
  return control.router({
    state: stateHandlers(services),
    retrievals: retrievalsHandlers(services),
    settings: settingsHandlers(services),
    archives: archivesHandlers(services),
    probe: probeHandlers(services),
    cache: cacheHandlers(services),
    viewers: viewersHandlers(services),
    log: logHandlers(services),
    host: hostHandlers(services),
  });
}

export type ControlRouter = ReturnType<typeof controlRouter>;
