import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as electron from 'electron';
import ElectronStore from 'electron-store';
import { createLogger, type Logger } from '../../broker/observe/logger.ts';
import { appPaths } from './app-paths.ts';
import { DesktopChoices } from './desktop-choices.ts';
import { DesktopHost } from './desktop-host.ts';
import { confineContents, confineSession } from './hardening.ts';
import { hiddenArgument } from './login-item.ts';
import { quitInGoodOrder } from './quit.ts';
import { secretKey } from './secret-key.ts';
import { holdSingleInstance } from './single-instance.ts';
import { windowPartition } from './window/main-window.ts';
import { restartUrl } from './window/shown-page.ts';

const { app, safeStorage, session } = electron;

/** There from the moment that Electron is ready. */
let host: DesktopHost | undefined;

// In order. Electron becomes ready only after this module has run: nothing here may wait for it.
app.setAppUserModelId('org.dcmrs.broker');
if (holdSingleInstance(app, () => host?.openWindow())) {
  confineContents(app, {
    ownOrigin: () => host?.origin,
    onExternalLink: (url) => void host?.openLink(url),
    onNavigation: (url) => {
      if (url === restartUrl) host?.startGateway();
    },
  });
  // Closing the window leaves the gateway running: without a listener the app would quit.
  app.on('window-all-closed', () => undefined);
  app.on('activate', () => host?.openWindow());
  quitInGoodOrder(app, async () => host?.stop());
  void app.whenReady().then(startHost);
} else {
  app.quit();
}

async function startHost(): Promise<void> {
  const paths = appPaths(app, process.env);
  const store = new ElectronStore({ name: 'desktop', clearInvalidConfig: true });
  confineSession(session.fromPartition(windowPartition), { ownOrigin: () => host?.origin });
  host = new DesktopHost({
    electron,
    paths,
    choices: new DesktopChoices(store),
    logger: desktopLogger(paths.desktopLogFile),
    secretKey: await secretKey({ storage: safeStorage, store, platform: process.platform }),
    token: randomBytes(32).toString('base64url'),
    gatewayModule: fileURLToPath(new URL('./gateway/gateway-main.ts', import.meta.url)),
    interfaceDirectory: fileURLToPath(new URL('../../dist/renderer', import.meta.url)),
    iconDirectory: fileURLToPath(new URL('../../dist/icons', import.meta.url)),
    loadUpdater: async () => (await import('electron-updater')).default.autoUpdater,
  });
  host.start();
  const isHidden = process.argv.includes(hiddenArgument) || app.getLoginItemSettings().wasOpenedAtLogin;
  if (!isHidden) host.openWindow();
}

function desktopLogger(file: string): Logger {
  return createLogger({ level: 'info', format: 'text', file, fileMaxSizeInMb: 10, fileMaxCount: 2 });
}
