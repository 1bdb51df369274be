/** The calls of Electron that main/desktop and electron-store use, and no others. */
export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { Menu, Tray } from './menu.ts';
export { Notification } from './notification.ts';
export { clipboard, dialog, nativeImage, powerMonitor, safeStorage, screen, shell } from './platform.ts';
export { session } from './session.ts';
export { utilityProcess } from './utility-process.ts';

export const ipcMain = { on: () => undefined };
