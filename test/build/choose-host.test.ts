import { describe, expect, it, vi } from 'vitest';
import { chooseHost } from '../../build/choose-host.mjs';

function machine(changes: Partial<Parameters<typeof chooseHost>[0]> = {}) {
  return {
    platform: 'linux' as NodeJS.Platform,
    env: { DISPLAY: ':0' },
    isRoot: false,
    installedElectron: (): string | undefined => '/electron',
    fetchElectron: vi.fn(() => Promise.resolve()),
    ...changes,
  };
}

describe('chooseHost', () => {
  it('takes Electron where it is there, and fetches nothing', async () => {
    const here = machine();
    expect(await chooseHost(here)).toEqual({ electron: '/electron' });
    expect(here.fetchElectron).not.toHaveBeenCalled();
  });

  it('fetches Electron where there is a display but no binary', async () => {
    let electron: string | undefined;
    const here = machine({
      installedElectron: () => electron,
      fetchElectron: () => {
        electron = '/fetched';
        return Promise.resolve();
      },
    });
    expect(await chooseHost(here)).toEqual({ electron: '/fetched' });
  });

  it('is headless where Electron cannot be fetched', async () => {
    const here = machine({ installedElectron: () => undefined });
    expect(await chooseHost(here)).toEqual({
      headlessBecause: "Electron's binary is not here and could not be fetched",
    });
  });

  it('is headless, and fetches nothing, without a display', async () => {
    const here = machine({ env: { DISPLAY: '' }, installedElectron: () => undefined });
    expect(await chooseHost(here)).toEqual({ headlessBecause: 'there is no display' });
    expect(here.fetchElectron).not.toHaveBeenCalled();
  });

  it('needs no variable for a display on Windows and macOS', async () => {
    expect(await chooseHost(machine({ platform: 'win32', env: {} }))).toEqual({ electron: '/electron' });
  });

  it('does not run a browser as root', async () => {
    expect(await chooseHost(machine({ isRoot: true }))).toEqual({
      headlessBecause: 'Electron is not run as root',
    });
  });
});
