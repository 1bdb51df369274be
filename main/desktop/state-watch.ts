import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayState } from '../../broker/control/contract/gateway-state.ts';
import type { ControlClient } from './control-client.ts';

/** A stream that broke is opened again after so long. */
const againAfterMs = 2_000;

/**
 * Follows the gateway's state until the signal ends it, whatever happens to the stream meanwhile.
 * @param onState is called with the whole state each time that it has changed
 */
export async function watchState(
  client: ControlClient,
  onState: (state: GatewayState) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of await client.state.events(undefined, { signal })) {
        if (event.type === 'state') onState(event.state);
      }
    } catch {
      // The gateway ends or is busy. Whether it lives is for the process that runs it to say.
    }
    await sleep(againAfterMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
