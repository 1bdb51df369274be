import { join } from 'node:path';
import type * as Electron from 'electron';
import type { GatewayState, Health } from '../../broker/control/contract/gateway-state.ts';
import type { GatewayCondition } from './gateway/gateway-process.ts';
import { actionItems, type ActionStates, type QuickActions } from './quick-actions.ts';

/** What the tray icon says: one of three states, and the words for it. */
export interface TrayStatus {
  readonly health: Health;
  readonly text: string;
}

/** @param state the last that the gateway told; undefined where it has told none since it runs */
export function trayStatus(condition: GatewayCondition, state: GatewayState | undefined): TrayStatus {
  if (condition.is === 'failed')
    return { health: 'not-working', text: 'Not working: the gateway has stopped' };
  if (condition.is === 'stopped') return { health: 'not-working', text: 'Stopped' };
  if (condition.is === 'starting' || state === undefined) return { health: 'limited', text: 'Starting' };
  if (state.phase === 'unconfigured') return { health: 'not-working', text: 'Not set up yet' };
  const worst = state.health.components.find((component) => component.state === state.health.state);
  switch (state.health.state) {
    case 'working':
      return { health: 'working', text: 'Working' };
    case 'limited':
      return { health: 'limited', text: withReason('Limited', worst?.component) };
    case 'not-working':
      return { health: 'not-working', text: withReason('Not working', worst?.component) };
  }
}

function withReason(word: string, component: string | undefined): string {
  return component === undefined ? word : `${word}: ${component}`;
}

export interface TrayParts {
  readonly electron: Pick<typeof Electron, 'Menu' | 'nativeImage' | 'Tray'>;
  readonly iconDirectory: string;
  readonly actions: QuickActions;
}

/** The icon beside the clock: health at a glance, and what is done most often. */
export class TrayIcon {
  readonly #parts: TrayParts;
  readonly #tray: Electron.Tray;
  #shown = '';

  constructor(parts: TrayParts) {
    this.#parts = parts;
    this.#tray = new parts.electron.Tray(this.#image('limited'));
    this.#tray.on('click', parts.actions.open);
  }

  /**
   * Shows a state.
   * @returns false where it is shown already, and nothing was done
   */
  show(status: TrayStatus, states: ActionStates): boolean {
    const shown = JSON.stringify([status, states]);
    if (shown === this.#shown) return false;
    this.#shown = shown;
    this.#tray.setImage(this.#image(status.health));
    this.#tray.setToolTip(`DCMRS Broker – ${status.text}`);
    const items = actionItems(this.#parts.actions, states);
    this.#tray.setContextMenu(
      this.#parts.electron.Menu.buildFromTemplate([
        { id: 'status', label: status.text, enabled: false },
        { type: 'separator' },
        items.open,
        items.copyDicomwebUrl,
        items.restartGateway,
        { type: 'separator' },
        items.startAtLogin,
        { type: 'separator' },
        items.quit,
      ]),
    );
    return true;
  }

  #image(health: Health): Electron.NativeImage {
    const { electron, iconDirectory } = this.#parts;
    return electron.nativeImage.createFromPath(join(iconDirectory, `tray-${health}.png`));
  }
}
