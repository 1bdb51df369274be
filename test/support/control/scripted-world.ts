import type { ControlEvent } from '../../../broker/control/contract/events.ts';
import type { CachedStudy } from '../../../broker/control/contract/cached.ts';
import type { GatewayState, Throughput, Trouble } from '../../../broker/control/contract/gateway-state.ts';
import type { HostAbilities } from '../../../broker/control/contract/host.ts';
import type { LogEntry } from '../../../broker/control/contract/log.ts';
import type { DescribedSetting, DescribedSettings } from '../../../broker/control/contract/settings.ts';
import { scriptedSettings } from './scripted-settings.ts';
import { scriptedState } from './scripted-state.ts';
import { scriptedAnswers, scriptedStudies } from './scripted-studies.ts';

/** What a scripted control server tells, in memory. Tests change it and say so with `tell` or `changed`. */
export class ScriptedWorld {
  state: GatewayState = scriptedState();
  throughput: Throughput[] = [];
  settings: DescribedSettings = scriptedSettings();
  studies: CachedStudy[] = scriptedStudies(40);
  /** What a query finds, by tag. */
  answers: Record<string, string>[] = scriptedAnswers(10_000);
  host: HostAbilities = {
    kind: 'headless',
    canChooseFolder: false,
    canOpenFolder: false,
    canStartAtLogin: false,
    startsAtLogin: false,
    canCheckForUpdates: false,
  };
  log: LogEntry[] = [];
  /** Settings that `settings.validate` finds missing as long as no change gives them. */
  missing: string[] = [];
  /** What a check of an archive finds fitting, by property. */
  suggestedChanges: Record<string, string | number | boolean> = {};
  /** What a procedure fails with, by its path: `retrievals.cancel`. */
  readonly failures = new Map<string, Trouble>();
  /** Streams that fall silent after their first events until they are left, by path: `probe.find`. */
  readonly silences = new Set<string>();
  /** What was called, in order: path and input. */
  readonly calls: { readonly path: string; readonly input: unknown }[] = [];
  readonly #eventListeners = new Set<(event: ControlEvent) => void>();
  readonly #logListeners = new Set<(entries: readonly LogEntry[]) => void>();

  /** Changes the state and tells it. */
  changed(change: Partial<GatewayState>): void {
    this.state = { ...this.state, ...change };
    this.tell({ type: 'state', state: this.state });
  }

  /** Changes how a setting is described, and tells that settings have changed; one that is not there is added. */
  describeSetting(property: string, change: Partial<DescribedSetting>): void {
    const { settings } = this.settings;
    const known = settings.find((setting) => setting.property === property);
    const described: DescribedSetting = { ...(known ?? emptySetting(property)), ...change };
    this.settings = {
      ...this.settings,
      settings: [...settings.filter((setting) => setting !== known), described],
    };
    this.tell({ type: 'settings' });
  }

  /** Sends an event to whoever follows. */
  tell(event: ControlEvent): void {
    if (event.type === 'throughput') this.throughput = [...this.throughput, event.sample].slice(-300);
    for (const listener of this.#eventListeners) listener(event);
  }

  /** Adds entries to the log and sends them to whoever follows. */
  write(entries: readonly LogEntry[]): void {
    this.log = [...this.log, ...entries].slice(-5_000);
    for (const listener of this.#logListeners) listener(entries);
  }

  onEvent(listener: (event: ControlEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onLog(listener: (entries: readonly LogEntry[]) => void): () => void {
    this.#logListeners.add(listener);
    return () => this.#logListeners.delete(listener);
  }
}

function emptySetting(property: string): DescribedSetting {
  return {
    property,
    env: property.toUpperCase().replaceAll('.', '_'),
    group: property.replace(/\..*$/, ''),
    kind: 'text',
    help: '',
    allowed: 'text',
    isSet: false,
    isSecret: false,
    source: 'store',
    where: '',
    isLocked: false,
  };
}
