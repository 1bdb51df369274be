import type { MenuItemConstructorOptions } from 'electron';
import { actionItems, type ActionStates, type QuickActions } from './quick-actions.ts';

/** The menu bar in the platform's order, with its usual shortcuts. */
export function applicationMenu(
  platform: NodeJS.Platform,
  actions: QuickActions,
  states: ActionStates,
): MenuItemConstructorOptions[] {
  const items = actionItems(actions, states);
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const close: MenuItemConstructorOptions = { id: 'close', role: 'close', label: 'Close Window' };
  const gateway: MenuItemConstructorOptions = {
    label: 'Gateway',
    submenu: [items.copyDicomwebUrl, items.restartGateway, separator, items.openLogFolder],
  };
  const shared: MenuItemConstructorOptions[] = [
    { role: 'editMenu' },
    gateway,
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
      ],
    },
  ];
  if (platform === 'darwin') {
    const app: MenuItemConstructorOptions = {
      label: 'DCMRS Broker',
      submenu: [
        { role: 'about' },
        items.checkForUpdates,
        separator,
        items.startAtLogin,
        separator,
        { role: 'hide' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        separator,
        items.quit,
      ],
    };
    return [app, { label: 'File', submenu: [items.open, close] }, ...shared, { role: 'windowMenu' }];
  }
  return [
    { label: 'File', submenu: [items.open, items.startAtLogin, separator, close, items.quit] },
    ...shared,
    { label: 'Help', submenu: [items.checkForUpdates, { role: 'about' }] },
  ];
}
