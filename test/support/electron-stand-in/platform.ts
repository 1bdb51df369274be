import { EventEmitter } from 'node:events';

let copied = '';

export const clipboard = {
  writeText: (text: string): void => void (copied = text),
  readText: (): string => copied,
};

/** Dialogs are answered at once, as by a person who cancels. */
export const dialog = {
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] as string[] }),
  showMessageBoxSync: () => 0,
};

export const nativeImage = { createFromPath: (path: string) => ({ path }) };

export const powerMonitor = new EventEmitter();

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

export const shell = {
  openExternal: (): Promise<void> => Promise.resolve(),
  openPath: (): Promise<string> => Promise.resolve(''),
};

/** Without a keyring there is no encryption. */
export const safeStorage = { isAsyncEncryptionAvailable: (): Promise<boolean> => Promise.resolve(false) };
