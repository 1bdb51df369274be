import { setTimeout as sleep } from 'node:timers/promises';

/** Waits. @throws the signal's reason where it fires first */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
