import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayState } from '../../broker/control/contract/gateway-state.ts';
import type { ControlClient } from './control-client.ts';

/** A stream that broke is opened again after so long. */
const againAfterMs = 2_000;

export interface StateWatch {
  readonly client: ControlClient;
  /** Is called with the whole state each time that it has changed. */
  readonly onState: (state: GatewayState) => void;
  /** Is called when the stream breaks, or cannot be opened. */
  readonly onBreak: (error: unknown) => void;
}

/** Follows the gateway's state until the signal ends it, whatever happens to the stream meanwhile. */
export async function watchState(watch: StateWatch, signal: AbortSignal): Promise<void> {
  const { client, onState, onBreak } = watch;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      for await (const event of await client.state.events(undefined, { signal })) {
        if (event.type === 'state') onState(event.state);
      }
    } catch (error) {
      // Whether the gateway lives is for the process that runs it to say.
      if (!isOver()) onBreak(error);
    }
    await sleep(againAfterMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
