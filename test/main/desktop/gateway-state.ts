import type { GatewayState } from '../../../broker/control/contract/gateway-state.ts';

/** A gateway that runs and is well, but for what the test says. */
export function gatewayState(changes: Partial<GatewayState> = {}): GatewayState {
  return {
    version: '1.0.0',
    phase: 'running',
    phaseReasons: [],
    health: { state: 'working', components: [] },
    startedAt: '2026-01-01T00:00:00Z',
    archives: [],
    retrievals: [],
    problems: [],
    ...changes,
  };
}
