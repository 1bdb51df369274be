import type { PowerMonitor } from 'electron';
import type { GatewayState } from '../../broker/control/contract/gateway-state.ts';
import type { ControlClient } from './control-client.ts';

/** The network is often there only some seconds after the machine. */
const settleMs = 3_000;
const answerWithinMs = 15_000;

export interface WakeUpParts {
  readonly powerMonitor: Pick<PowerMonitor, 'on'>;
  /** Undefined while the gateway does not run. */
  readonly client: () => ControlClient | undefined;
  readonly restartGateway: () => Promise<void>;
  readonly log: (message: string) => void;
}

/**
 * After the machine has slept: associations of before are dead, the address may be another one. Each archive
 * is asked again, and where the gateway does not answer or does not listen any more it is started again.
 */
export function mendAfterSleep(parts: WakeUpParts): void {
  let timer: NodeJS.Timeout | undefined;
  parts.powerMonitor.on('suspend', () => {
    parts.log('The machine goes to sleep.');
    clearTimeout(timer);
  });
  parts.powerMonitor.on('resume', () => {
    parts.log('The machine has woken up.');
    clearTimeout(timer);
    timer = setTimeout(() => void checkAfterSleep(parts), settleMs);
  });
}

/** Asks whether all is as it was; starts the gateway again where it is not. */
export async function checkAfterSleep(parts: Omit<WakeUpParts, 'powerMonitor'>): Promise<void> {
  const client = parts.client();
  // Where it does not run, it is being started anyway.
  if (client === undefined) return;
  const signal = AbortSignal.timeout(answerWithinMs);
  const state = await client.state.get(undefined, { signal }).catch(() => undefined);
  if (state === undefined || !listens(state)) {
    parts.log('After sleep the gateway did not answer or did not listen: it is started again.');
    await parts.restartGateway();
    return;
  }
  // What they answer shows in the state; one that is silent is a finding, not a failure.
  await Promise.allSettled(state.archives.map(({ name }) => client.archives.ask({ name }, { signal })));
  parts.log('After sleep the gateway goes on, and has asked the archives again.');
}

function listens({ phase, receiver, dicomweb }: GatewayState): boolean {
  return phase !== 'running' || (receiver?.listening !== false && dicomweb?.listening !== false);
}
