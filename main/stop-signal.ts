/** A terminal, npm and the launcher may each pass the same Ctrl+C on. */
const sameWishMs = 2_000;

/**
 * Settles with the signal's name when the process is asked to end. Who asks again after a while gets
 * it at once.
 */
export function untilStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        askedAt ??= performance.now();
        if (performance.now() - askedAt > sameWishMs) process.exit(1);
        resolve(signal);
      });
    }
  });
}
