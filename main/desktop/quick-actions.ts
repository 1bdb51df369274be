import type { MenuItemConstructorOptions } from 'electron';

/** What the person can do from the tray and from the application's menu alike. */
export interface QuickActions {
  readonly open: () => void;
  readonly copyDicomwebUrl: () => void;
  readonly restartGateway: () => void;
  readonly openLogFolder: () => void;
  readonly setStartAtLogin: (enabled: boolean) => void;
  readonly checkForUpdates: () => void;
  readonly quit: () => void;
}

/** What decides how the actions are shown. */
export interface ActionStates {
  /** Undefined while the gateway does not run. */
  readonly dicomwebUrl: string | undefined;
  readonly startsAtLogin: boolean;
  /** False where no feed is configured. */
  readonly canCheckForUpdates: boolean;
}

/** The actions as menu items. */
export function actionItems(actions: QuickActions, states: ActionStates) {
  return {
    open: { id: 'open', label: 'Open DCMRS Broker', accelerator: 'CmdOrCtrl+O', click: actions.open },
    copyDicomwebUrl: {
      id: 'copy-dicomweb-url',
      label: 'Copy DICOMweb URL',
      accelerator: 'CmdOrCtrl+Shift+C',
      enabled: states.dicomwebUrl !== undefined,
      click: actions.copyDicomwebUrl,
    },
    restartGateway: { id: 'restart-gateway', label: 'Restart Gateway', click: actions.restartGateway },
    openLogFolder: { id: 'open-log-folder', label: 'Open Log Folder', click: actions.openLogFolder },
    startAtLogin: {
      id: 'start-at-login',
      label: 'Start at Login',
      type: 'checkbox',
      checked: states.startsAtLogin,
      click: ({ checked }) => actions.setStartAtLogin(checked),
    },
    checkForUpdates: {
      id: 'check-for-updates',
      label: 'Check for Updates…',
      visible: states.canCheckForUpdates,
      click: actions.checkForUpdates,
    },
    quit: { id: 'quit', label: 'Quit DCMRS Broker', accelerator: 'CmdOrCtrl+Q', click: actions.quit },
  } satisfies Record<string, MenuItemConstructorOptions>;
}
