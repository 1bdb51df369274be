import { join } from 'node:path';
import type { App } from 'electron';

export interface AppPaths {
  /** Holds conf/, as `--home` of the headless host does. */
  readonly home: string;
  readonly cache: string;
  readonly logs: string;
  /** The gateway's own log. */
  readonly logFile: string;
  /** The log of the desktop's process. */
  readonly desktopLogFile: string;
}

/**
 * Where the desktop keeps what: below the app's data folder, logs where the platform has them.
 * DCMRSBROKER_HOME names another home, as for the headless host.
 */
export function appPaths(app: Pick<App, 'getPath'>, env: NodeJS.ProcessEnv): AppPaths {
  const data = app.getPath('userData');
  const logs = app.getPath('logs');
  const home = env['DCMRSBROKER_HOME'] ?? '';
  return {
    home: home === '' ? data : home,
    cache: join(data, 'images'),
    logs,
    logFile: join(logs, 'dcmrs-broker.log'),
    desktopLogFile: join(logs, 'desktop.log'),
  };
}
