import { configurationError } from '../../config/problem-text.ts';
import { readSettings, type ReadSettings, type SettingsPlace } from '../../config/read-settings.ts';
import { findSetting } from '../../config/schema.ts';
import type { SettingFault } from '../../config/setting-fault.ts';
import {
  readStore,
  setAsideDamagedStore,
  storePath,
  writeStore,
  type StoredSettings,
} from '../../config/settings-store.ts';
import { BrokerError } from '../../domain/errors.ts';
import type {
  AppliedSettings,
  DescribedSettings,
  SettingChanges,
  SettingProblem,
  SettingsFile,
} from '../contract/settings.ts';
import type { SettingsAccess } from '../control-services.ts';
import { checkNewArchive, orderOf, removalOf } from './archive-changes.ts';
import { changeFaults, newFaults } from './change-faults.ts';
import { describedSettings, settingProblem } from './described-settings.ts';

export interface SettingsEditorOptions {
  readonly place: SettingsPlace & { readonly home: string };
  /** Has the gateway go over to what the settings are now. Runs one at a time; never rejects. */
  readonly apply: () => Promise<AppliedSettings>;
}

/**
 * The settings as the user interface reads and changes them: the settings store is written, and the gateway
 * goes over to it. Changes are made one after the other, each to its own settings only, so that two windows
 * that save at once lose nothing of each other. What others write into the files is seen at the next change
 * or start, not before.
 */
export class SettingsEditor implements SettingsAccess {
  readonly #place: SettingsEditorOptions['place'];
  readonly #apply: SettingsEditorOptions['apply'];
  readonly #listeners = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ place, apply }: SettingsEditorOptions) {
    this.#place = place;
    this.#apply = apply;
  }

  describe(): DescribedSettings {
    return describedSettings(this.#read(), storePath(this.#place.home));
  }

  validate(changes: SettingChanges): SettingProblem[] {
    const faults = [...changeFaults(changes, this.#read()), ...this.#read(changes).faults];
    return faults.map((fault) => settingProblem(fault));
  }

  save(changes: SettingChanges): Promise<AppliedSettings> {
    return this.#change((before) => this.#checked(changes, before));
  }

  addArchive(name: string, changes: SettingChanges): Promise<AppliedSettings> {
    return this.#change((before) => {
      checkNewArchive(name, changes, before);
      return this.#checked(changes, before);
    });
  }

  removeArchive(name: string): Promise<AppliedSettings> {
    return this.#change((before) => {
      const removal = removalOf(name, before);
      if (before.given.get('archives.order')?.origin.source !== 'store') return removal;
      const rest = [...before.archives.keys()].filter((other) => other !== name);
      return { ...removal, ...orderOf(rest, before) };
    });
  }

  orderArchives(names: readonly string[]): Promise<AppliedSettings> {
    return this.#change((before) => this.#checked(orderOf(names, before), before));
  }

  export(): SettingsFile {
    const settings = Object.entries(this.#stored()).filter(([property]) => !isSecret(property));
    return { format: 'dcmrs-broker-settings', version: 1, settings: Object.fromEntries(settings) };
  }

  import({ settings }: SettingsFile): Promise<AppliedSettings> {
    return this.#change((before) => {
      // Secrets are in no file: those that are there stay.
      const kept = Object.keys(this.#stored()).filter((property) => !isSecret(property));
      const changes = { ...Object.fromEntries(kept.map((property) => [property, null])), ...settings };
      const unknown = changeFaults(settings, { ...before, given: new Map() });
      refuse([...unknown, ...newFaults(changes, before, this.#read(changes))]);
      return changes;
    });
  }

  reset(properties?: readonly string[]): Promise<AppliedSettings> {
    return this.#change((before) => {
      if (properties === undefined && setAsideDamagedStore(this.#place.home)) return {};
      const names = properties ?? Object.keys(this.#stored());
      const changes = Object.fromEntries(names.map((property) => [property, null]));
      refuse(changeFaults(changes, { ...before, given: new Map() }));
      return changes;
    });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #read(changes: StoredSettings = {}): ReadSettings {
    return readSettings(this.#place, changes);
  }

  /** What of the store are settings of this version, as values that a file can carry. */
  #stored(): Record<string, string | number | boolean> {
    const known = Object.entries(readStore(this.#place.home)).filter(
      (entry): entry is [string, string | number | boolean] =>
        findSetting(entry[0]) !== undefined && ['string', 'number', 'boolean'].includes(typeof entry[1]),
    );
    return Object.fromEntries(known);
  }

  /** @throws BrokerError `configuration` naming each fault that the changes bring */
  #checked(changes: StoredSettings, before: ReadSettings): StoredSettings {
    refuse([...changeFaults(changes, before), ...newFaults(changes, before, this.#read(changes))]);
    return changes;
  }

  /** Works out changes, writes them and applies them, when all that was asked for before is done. */
  #change(work: (before: ReadSettings) => StoredSettings): Promise<AppliedSettings> {
    const change = this.#turn.then(async () => {
      writeStore(this.#place.home, work(this.#read()), this.#place.seal);
      const applied = await this.#apply();
      for (const listener of this.#listeners) listener();
      return applied;
    });
    this.#turn = change.catch(() => undefined);
    return change;
  }
}

function isSecret(property: string): boolean {
  return findSetting(property)?.type.kind === 'secret';
}

/** @throws BrokerError `configuration` where there are any */
function refuse(faults: readonly SettingFault[]): void {
  const [only, ...others] = faults;
  if (only === undefined) return;
  if (others.length > 0) throw configurationError(faults);
  throw new BrokerError(
    'configuration',
    only.message,
    only.remedy === undefined ? {} : { remedy: only.remedy },
  );
}
