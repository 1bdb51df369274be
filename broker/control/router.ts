import type { ControlServices } from './control-services.ts';
import { hostHandlers } from './handlers/host-handlers.ts';

/** The handlers of all groups of the contract. */
export function controlRouter(services: ControlServices) {
  return {
    host: hostHandlers(services),
  };
}

export type ControlRouter = ReturnType<typeof controlRouter>;
