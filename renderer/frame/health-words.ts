import type { GatewayState, Health } from '../../broker/control/contract/gateway-state.ts';
import type { MarkState } from '../components/mark-state.ts';

/** How the gateway is, in one word with its mark. */
export interface HealthWord {
  readonly word: string;
  readonly mark: MarkState;
}

const byHealth: Readonly<Record<Health, HealthWord>> = {
  working: { word: 'Working', mark: 'good' },
  limited: { word: 'Limited', mark: 'warn' },
  'not-working': { word: 'Not working', mark: 'bad' },
};

/** The word of one part. */
export function wordOfHealth(health: Health): HealthWord {
  return byHealth[health];
}

/** The word of the whole gateway; its phase counts before its parts. */
export function wordOfGateway(state: GatewayState | undefined, isCut = false): HealthWord {
  switch (state?.phase) {
    case undefined:
      return isCut ? { word: 'Not connected', mark: 'bad' } : { word: 'Connecting', mark: 'unknown' };
    case 'unconfigured':
      return { word: 'Not set up', mark: 'warn' };
    case 'starting':
      return { word: 'Starting', mark: 'busy' };
    case 'stopping':
      return { word: 'Stopping', mark: 'busy' };
    case 'failed':
      return byHealth['not-working'];
    case 'running':
      return byHealth[state.health.state];
  }
}
