import { EventEmitter } from 'node:events';
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { MainWindow } from '../../../../main/desktop/window/main-window.ts';

function fakeWindow() {
  return Object.assign(new EventEmitter(), {
    webContents: new EventEmitter(),
    loadURL: vi.fn((_url: string) => Promise.resolve()),
    show: vi.fn(),
    focus: vi.fn(),
    restore: vi.fn(),
    maximize: vi.fn(),
    isMinimized: () => true,
    isMaximized: () => true,
    isDestroyed: () => false,
    getNormalBounds: () => ({ x: 1, y: 2, width: 1_000, height: 700 }),
  });
}

function mainWindow(isMaximized = false) {
  const made: { options: BrowserWindowConstructorOptions; window: ReturnType<typeof fakeWindow> }[] = [];
  const bounds = { x: 10, y: 20, width: 1_000, height: 700 };
  const parts = {
    create: (options: BrowserWindowConstructorOptions) => {
      const window = fakeWindow();
      made.push({ options, window });
      return window as unknown as BrowserWindow;
    },
    workAreas: () => [{ x: 0, y: 0, width: 1_920, height: 1_080 }],
    iconPath: '/icon.png',
    keptPlace: () => ({ bounds, isMaximized }),
    keepPlace: vi.fn(),
    mayLeave: vi.fn(() => false),
    onClosed: vi.fn(),
  };
  return { window: new MainWindow(parts), parts, made, last: () => made.at(-1)!.window };
}

describe('MainWindow', () => {
  it('is a page in a sandbox: no preload, no Node, nothing written to disk', () => {
    const { window, made } = mainWindow();
    window.open();
    const { webPreferences } = made[0]!.options;
    expect(webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    expect(webPreferences).not.toHaveProperty('preload');
    expect(webPreferences?.partition).not.toMatch(/^persist:/);
  });

  it('shows what was asked for before it was open, and nothing twice', () => {
    const { window, last } = mainWindow();
    window.show('http://127.0.0.1:1/#token=a');
    window.open();
    window.show('http://127.0.0.1:1/#token=a');
    window.show('http://127.0.0.1:2/#token=a');
    expect(last().loadURL.mock.calls.map(([url]) => url)).toEqual([
      'http://127.0.0.1:1/#token=a',
      'http://127.0.0.1:2/#token=a',
    ]);
  });

  it('comes to the front instead of opening twice', () => {
    const { window, made, last } = mainWindow();
    window.open();
    window.open();
    expect(made).toHaveLength(1);
    expect(last().restore).toHaveBeenCalled();
    expect(last().focus).toHaveBeenCalled();
  });

  it('is seen only when there is something to see', () => {
    const { window, last } = mainWindow();
    window.open();
    expect(last().show).not.toHaveBeenCalled();
    last().emit('ready-to-show');
    expect(last().show).toHaveBeenCalled();
  });

  it('has its place kept when it is closed, and is made anew afterwards', () => {
    const { window, made, parts, last } = mainWindow(true);
    window.open();
    expect(last().maximize).toHaveBeenCalled();
    last().emit('close');
    last().emit('closed');
    expect(parts.keepPlace).toHaveBeenCalledWith({
      bounds: { x: 1, y: 2, width: 1_000, height: 700 },
      isMaximized: true,
    });
    expect(parts.onClosed).toHaveBeenCalled();
    window.open();
    expect(made).toHaveLength(2);
  });

  it('loads its page again when the process of the page has crashed', () => {
    const { window, last } = mainWindow();
    window.show('http://127.0.0.1:1/');
    window.open();
    last().webContents.emit('render-process-gone');
    expect(last().loadURL).toHaveBeenCalledTimes(2);
  });

  it('stays open with what is not saved, unless the person may lose it', () => {
    const { window, parts, last } = mainWindow();
    window.open();
    const preventDefault = vi.fn();
    last().webContents.emit('will-prevent-unload', { preventDefault });
    expect(preventDefault).not.toHaveBeenCalled();
    parts.mayLeave.mockReturnValue(true);
    last().webContents.emit('will-prevent-unload', { preventDefault });
    expect(preventDefault).toHaveBeenCalled();
  });
});
