import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';
import { app } from './app.ts';
import { browserContext } from './browser.ts';
import { openWindows } from './open-windows.ts';
import { WebContents } from './web-contents.ts';

/** A window on a tab of Debian's Chromium. What it is like is kept here; the tab shows the page. */
export class BrowserWindow extends EventEmitter {
  static getAllWindows(): BrowserWindow[] {
    return [...openWindows].filter((window) => window instanceof BrowserWindow);
  }

  readonly webContents: WebContents;
  #bounds: Rectangle;
  #isVisible: boolean;
  #isMinimized = false;
  #isMaximized = false;
  #isFocused = false;
  #isDestroyed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    const { x = 100, y = 50, width = 800, height = 600, show = true, webPreferences = {} } = options;
    this.#bounds = { x, y, width, height };
    this.#isVisible = show;
    this.webContents = new WebContents(browserContext, webPreferences.partition ?? '');
    openWindows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    this.webContents.once('painted', () => this.emit('ready-to-show'));
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.load(url);
  }

  show(): void {
    this.#isVisible = true;
  }

  focus(): void {
    this.#isFocused = true;
    void this.webContents.bringToFront();
  }

  restore(): void {
    this.#isMinimized = false;
  }

  minimize(): void {
    this.#isMinimized = true;
    this.#isFocused = false;
  }

  maximize(): void {
    this.#isMaximized = true;
  }

  setBounds(bounds: Rectangle): void {
    this.#bounds = bounds;
  }

  getBounds(): Rectangle {
    return this.#bounds;
  }

  getNormalBounds(): Rectangle {
    return this.#bounds;
  }

  isVisible(): boolean {
    return this.#isVisible && !this.#isMinimized;
  }

  isFocused(): boolean {
    return this.#isFocused;
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }

  isMaximized(): boolean {
    return this.#isMaximized;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  close(): void {
    void this.destroy();
  }

  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.emit('close', {});
    this.#isDestroyed = true;
    openWindows.delete(this);
    await this.webContents.close();
    this.emit('closed');
    if (openWindows.size === 0 && !app.emit('window-all-closed')) app.quit();
  }
}
