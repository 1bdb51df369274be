import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats a check until it passes.
 * @throws what the check threw last, where it has not passed within the time (60 s)
 */
export async function eventually(check: () => Promise<void>, withinMs = 60_000): Promise<void> {
  const limit = Date.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > limit) throw error;
    }
    await sleep(100);
  }
}
