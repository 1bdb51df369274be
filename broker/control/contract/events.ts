import * as z from 'zod';
import { gatewayState, throughput } from './gateway-state.ts';
import { logEntry } from './log.ts';

/** What the event stream tells. The first event is always `state`. */
export const controlEvent = z.discriminatedUnion('type', [
  /** At most four a second, and only where something has changed. */
  z.object({ type: z.literal('state'), state: gatewayState }),
  /** Once a second. */
  z.object({ type: z.literal('throughput'), sample: throughput }),
  /** A study came, grew, changed or left. Ask again for what is shown of it. Both empty: many did. */
  z.object({ type: z.literal('cache'), archive: z.string(), study: z.string() }),
  /** Settings were saved, here or elsewhere. */
  z.object({ type: z.literal('settings') }),
]);
export type ControlEvent = z.infer<typeof controlEvent>;

/** Log entries, gathered for up to 100 ms. */
export const logEvent = z.object({
  entries: z.array(logEntry),
  /** Entries that were left out since the reader was too slow. */
  dropped: z.int().nonnegative(),
});
export type LogEvent = z.infer<typeof logEvent>;
