import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { App } from 'electron';

/** With this argument the app starts without its window. */
export const hiddenArgument = '--hidden';

/** Whether the app starts when the person logs in: hidden, with the tray icon only. */
export interface LoginItem {
  isSet(): boolean;
  set(enabled: boolean): void;
}

/** The platform's way: a login item on Windows and macOS, a desktop entry in the autostart folder elsewhere. */
export function loginItemOf(
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>,
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): LoginItem {
  return platform === 'win32' || platform === 'darwin' ? systemItem(app) : autostartEntry(env);
}

function systemItem(app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>): LoginItem {
  const args = [hiddenArgument];
  return {
    isSet: () => app.getLoginItemSettings({ args }).openAtLogin,
    set: (enabled) => app.setLoginItemSettings({ openAtLogin: enabled, args }),
  };
}

/** Desktop Application Autostart Specification of freedesktop.org. */
function autostartEntry(env: NodeJS.ProcessEnv): LoginItem {
  const config = env['XDG_CONFIG_HOME'] ?? '';
  const path = join(config === '' ? join(homedir(), '.config') : config, 'autostart', 'dcmrs-broker.desktop');
  return {
    isSet: () => existsSync(path),
    set(enabled) {
      if (!enabled) {
        rmSync(path, { force: true });
        return;
      }
      mkdirSync(dirname(path), { recursive: true });
      // An AppImage is mounted elsewhere at each start; it says where its file is.
      const program = env['APPIMAGE'] ?? process.execPath;
      writeFileSync(path, desktopEntry([program, hiddenArgument]), { mode: 0o644 });
    },
  };
}

/** @param command program and arguments */
export function desktopEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=DCMRS Broker',
    'Comment=DICOMweb gateway',
    `Exec=${command.map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Desktop Entry Specification, «The Exec key»: quoting, then the escapes of a string value, then field codes. */
function quoted(argument: string): string {
  const text = argument.replace(/[\\"`$]/g, '\\$&');
  return `"${text}"`.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
