import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { applicationMenu } from '../../../main/desktop/application-menu.ts';
import type { QuickActions } from '../../../main/desktop/quick-actions.ts';

function actions() {
  return {
    open: vi.fn(),
    copyDicomwebUrl: vi.fn(),
    restartGateway: vi.fn(),
    openLogFolder: vi.fn(),
    setStartAtLogin: vi.fn(),
    checkForUpdates: vi.fn(),
    quit: vi.fn(),
  } satisfies QuickActions;
}

const states = { dicomwebUrl: undefined, startsAtLogin: false, canCheckForUpdates: false };

function items(template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => (Array.isArray(item.submenu) ? [item, ...items(item.submenu)] : [item]));
}

describe('applicationMenu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('has each action once on %s', (platform) => {
    const ids = items(applicationMenu(platform, actions(), states)).flatMap(({ id }) => id ?? []);
    expect(ids.toSorted()).toEqual([
      'check-for-updates',
      'close',
      'copy-dicomweb-url',
      'open',
      'open-log-folder',
      'quit',
      'restart-gateway',
      'start-at-login',
    ]);
  });

  it('begins with the application on macOS, with File elsewhere', () => {
    expect(applicationMenu('darwin', actions(), states)[0]?.label).toBe('DCMRS Broker');
    expect(applicationMenu('win32', actions(), states)[0]?.label).toBe('File');
  });

  it('copies no address while there is none', () => {
    const isEnabled = (dicomwebUrl: string | undefined) =>
      items(applicationMenu('linux', actions(), { ...states, dicomwebUrl })).find(
        ({ id }) => id === 'copy-dicomweb-url',
      )?.enabled;
    expect(isEnabled(undefined)).toBe(false);
    expect(isEnabled('http://localhost:4567/dicom-web')).toBe(true);
  });

  it('has no developer tools and no reload', () => {
    const roles = items(applicationMenu('linux', actions(), states)).map(({ role }) => role);
    expect(roles).not.toContain('toggleDevTools');
    expect(roles).not.toContain('reload');
  });
});
