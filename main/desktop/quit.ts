import type { App } from 'electron';

/**
 * Quitting waits until the gateway has ended in good order, whoever asks for it: a menu, the platform as the
 * person logs out, a signal.
 * @param stop must settle within bounded time
 */
export function quitInGoodOrder(app: Pick<App, 'on' | 'quit' | 'exit'>, stop: () => Promise<void>): void {
  let stopping = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (stopping) return;
    stopping = true;
    void stop().finally(() => app.exit(0));
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}
