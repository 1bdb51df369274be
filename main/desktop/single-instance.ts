import type { App } from 'electron';
import { hiddenArgument } from './login-item.ts';

/**
 * Makes sure that the app runs once. The start of a second one shows the window of the first.
 * @returns false where another one runs already; this one must end then
 */
export function holdSingleInstance(
  app: Pick<App, 'requestSingleInstanceLock' | 'on'>,
  show: () => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', (_event, argv) => {
    // Started again at login, nobody asked to see it.
    if (!argv.includes(hiddenArgument)) show();
  });
  return true;
}
