import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { desktopEntry, loginItemOf } from '../../../main/desktop/login-item.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function loginSettings(openAtLogin: boolean) {
  return {
    getLoginItemSettings: vi.fn(() => ({ openAtLogin }) as Electron.LoginItemSettings),
    setLoginItemSettings: vi.fn(),
  };
}

describe('loginItemOf', () => {
  it('writes a desktop entry that starts it hidden, and removes it again', async () => {
    await using config = await temporaryDirectory('autostart');
    const env = { XDG_CONFIG_HOME: config.path, APPIMAGE: '/opt/DCMRS Broker.AppImage' };
    const item = loginItemOf(loginSettings(false), 'linux', env);
    const path = join(config.path, 'autostart', 'dcmrs-broker.desktop');
    expect(item.isSet()).toBe(false);
    item.set(true);
    expect(item.isSet()).toBe(true);
    expect(await readFile(path, 'utf8')).toContain('Exec="/opt/DCMRS Broker.AppImage" "--hidden"\n');
    item.set(false);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('asks the system where that has login items', () => {
    const app = loginSettings(true);
    const item = loginItemOf(app, 'win32', {});
    expect(item.isSet()).toBe(true);
    item.set(false);
    expect(app.setLoginItemSettings).toHaveBeenCalledWith({ openAtLogin: false, args: ['--hidden'] });
  });
});

describe('desktopEntry', () => {
  it('keeps signs of a path from being read as something else', () => {
    expect(desktopEntry(['/a"b$c`d\\e%f'])).toContain(
      String.raw`Exec="/a\\"b\\$c\\` + '`' + String.raw`d\\\\e%%f"`,
    );
  });
});
