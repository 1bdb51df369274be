import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle } from 'electron';
import { windowBounds, type WindowPlace } from './window-place.ts';

/** Not written to disk: what the window shows of patients is gone with it. */
export const windowPartition = 'window';

/** A web page, and nothing more: no preload, no Node, in a sandbox of its own. */
const webPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  spellcheck: false,
  navigateOnDragDrop: false,
  disableDialogs: true,
  partition: windowPartition,
} satisfies BrowserWindowConstructorOptions['webPreferences'];

export interface MainWindowParts {
  readonly create: (options: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly workAreas: () => readonly Rectangle[];
  readonly iconPath: string;
  readonly keptPlace: () => WindowPlace | undefined;
  readonly keepPlace: (place: WindowPlace) => void;
  /** Asks whether what the page has not saved may be lost. */
  readonly mayLeave: () => boolean;
  /** The person closed it; the app goes on. */
  readonly onClosed: () => void;
}

/** The one window. It is made when somebody wants to see it, and gone, with its memory, when it is closed. */
export class MainWindow {
  readonly #parts: MainWindowParts;
  #window: BrowserWindow | undefined;
  #url: string | undefined;

  constructor(parts: MainWindowParts) {
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#window !== undefined;
  }

  /** Opens it, or brings it to the front. */
  open(): void {
    const window = this.#window;
    if (window === undefined) {
      this.#create();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Shows what is at `url`; nothing happens where it is shown already. */
  show(url: string): void {
    if (url === this.#url) return;
    this.#url = url;
    if (this.#window !== undefined) load(this.#window, url);
  }

  #create(): void {
    const kept = this.#parts.keptPlace();
    const window = this.#parts.create({
      ...windowBounds(kept, this.#parts.workAreas()),
      minWidth: 960,
      minHeight: 640,
      title: 'DCMRS Broker',
      icon: this.#parts.iconPath,
      show: false,
      webPreferences,
    });
    this.#window = window;
    if (kept?.isMaximized === true) window.maximize();
    window.once('ready-to-show', () => window.show());
    window.on('close', () => {
      this.#parts.keepPlace({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
    });
    window.once('closed', () => {
      this.#window = undefined;
      this.#parts.onClosed();
    });
    window.webContents.on('will-prevent-unload', (event) => {
      if (this.#parts.mayLeave()) event.preventDefault();
    });
    window.webContents.on('render-process-gone', () => {
      if (this.#url !== undefined && !window.isDestroyed()) load(window, this.#url);
    });
    if (this.#url !== undefined) load(window, this.#url);
  }
}

function load(window: BrowserWindow, url: string): void {
  // It fails where another page is shown before this one is there, or the gateway ends: what follows is shown then.
  window.loadURL(url).catch(() => undefined);
}
