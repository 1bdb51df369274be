import type { GatewayState } from '../../broker/control/contract/gateway-state.ts';
import type { HostAbilities } from '../../broker/control/contract/host.ts';
import type { DescribedSettings } from '../../broker/control/contract/settings.ts';
import type {
  ControlServices,
  GatewayLifecycle,
  GatewayParts,
  HostCapabilities,
  SettingsAccess,
} from '../../broker/control/control-services.ts';
import { GatewayWatch } from '../../broker/control/state/gateway-watch.ts';
import { BrokerError } from '../../broker/domain/errors.ts';
import { TestReceiver } from '../../broker/receiving/test-receiver.ts';
import { LogBook } from '../../broker/observe/log-book.ts';
import { recordedLog } from './query-archive.ts';

/** A lifecycle that a test leads: `set` changes it and tells who listens. */
export class ScriptedLifecycle implements GatewayLifecycle {
  phase: GatewayState['phase'] = 'running';
  phaseReasons: GatewayState['phaseReasons'] = [];
  parts: GatewayParts | undefined;
  startedAt = new Date('2026-01-02T03:04:05Z');
  restarts = 0;
  readonly #listeners = new Set<() => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  set(change: Partial<Pick<ScriptedLifecycle, 'phase' | 'phaseReasons' | 'parts' | 'startedAt'>>): void {
    Object.assign(this, change);
    for (const listener of this.#listeners) listener();
  }

  restart(): Promise<void> {
    this.restarts += 1;
    this.set({ phase: 'running' });
    return Promise.resolve();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

/** Settings that a test leads: what is saved is kept in `saved`, and `changed` tells who listens. */
export class ScriptedSettings implements SettingsAccess {
  readonly saved: Record<string, unknown>[] = [];
  readonly #listeners = new Set<() => void>();
  described: DescribedSettings = {
    groups: [],
    settings: [],
    archives: ['default'],
    problems: [],
    warnings: [],
    storePath: '/home/gateway/conf/settings.json',
  };

  get listeners(): number {
    return this.#listeners.size;
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  describe = (): DescribedSettings => this.described;
  validate = () => [];
  save: SettingsAccess['save'] = (changes) => {
    this.saved.push(changes);
    this.changed();
    return Promise.resolve({ restarted: [] });
  };
  addArchive: SettingsAccess['addArchive'] = (_name, changes) => this.save(changes);
  removeArchive: SettingsAccess['removeArchive'] = () => this.save({});
  orderArchives: SettingsAccess['orderArchives'] = () => this.save({});
  export = () => ({ format: 'dcmrs-broker-settings' as const, version: 1 as const, settings: {} });
  import: SettingsAccess['import'] = ({ settings }) => this.save(settings);
  reset: SettingsAccess['reset'] = () => this.save({});

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

const abilities: HostAbilities = {
  kind: 'headless',
  canChooseFolder: false,
  canOpenFolder: false,
  canStartAtLogin: false,
  startsAtLogin: false,
  canCheckForUpdates: false,
};

function notHere(): Promise<never> {
  return Promise.reject(
    new BrokerError('not-supported', 'This host has no window.', { remedy: 'Use the desktop.' }),
  );
}

/** What a headless host can do: nothing. */
export const headlessHost: HostCapabilities = {
  abilities: () => abilities,
  chooseFolder: notHere,
  openFolder: notHere,
  startAtLogin: notHere,
};

export interface ScriptedServices extends ControlServices {
  readonly lifecycle: ScriptedLifecycle;
  readonly settings: ScriptedSettings;
  /** Lines of the log, as JSON. */
  readonly logLines: readonly string[];
  readonly watch: GatewayWatch;
}

/** Services of a control API that a test leads; nothing runs behind them but what `parts` are given. */
export function scriptedServices(
  overrides: { host?: HostCapabilities; logBook?: LogBook } = {},
): ScriptedServices {
  const logBook = overrides.logBook ?? new LogBook();
  const { logger, lines } = recordedLog(logBook);
  const version = '1.2.3';
  const lifecycle = new ScriptedLifecycle();
  const settings = new ScriptedSettings();
  return {
    version,
    lifecycle,
    settings,
    watch: new GatewayWatch({ version, lifecycle, settings }),
    host: overrides.host ?? headlessHost,
    checkReceiver: new TestReceiver(() => undefined),
    logger,
    logBook,
    logLines: lines,
  };
}
