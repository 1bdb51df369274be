import type { Trouble } from '../../broker/control/contract/gateway-state.ts';
import type {
  AppliedSettings,
  DescribedSetting,
  SettingChanges,
} from '../../broker/control/contract/settings.ts';
import { api } from '../api/client.ts';
import { isAbort, troubleOf } from '../api/trouble-of.ts';
import type { Lock } from '../components/field.ts';
import { gateway } from './gateway.svelte.ts';

/** The settings as a screen shows some of them: read when it opens, and again when they are saved anywhere. */
export class DescribedSettings {
  /** Undefined until they have come. */
  list: readonly DescribedSetting[] | undefined = $state.raw();
  /** Why they did not come. */
  trouble: Trouble | undefined = $state.raw();

  /** Follows the settings until the result is called. */
  follow(): () => void {
    const leaving = new AbortController();
    const load = () => void this.#load(leaving.signal);
    const stop = gateway.onSettings(load);
    load();
    return () => {
      stop();
      leaving.abort();
    };
  }

  find(property: string): DescribedSetting | undefined {
    return this.list?.find((setting) => setting.property === property);
  }

  /** The value in force as text; '' where there is none. */
  textOf(property: string): string {
    return String(this.find(property)?.value ?? '');
  }

  /** @throws what the control API answers: `troubleOf` says it */
  async save(changes: SettingChanges): Promise<AppliedSettings> {
    const applied = await api.settings.save({ changes });
    await this.#load();
    return applied;
  }

  async #load(signal?: AbortSignal): Promise<void> {
    try {
      this.list = (await api.settings.get(undefined, signal === undefined ? {} : { signal })).settings;
      this.trouble = undefined;
    } catch (error) {
      if (!isAbort(error)) this.trouble = troubleOf(error);
    }
  }
}

/** Why a setting cannot be changed here; undefined where it can. */
export function lockOf(setting: DescribedSetting | undefined): Lock | undefined {
  if (setting?.isLocked !== true) return undefined;
  return { source: setting.source === 'environment' ? 'environment' : 'properties', where: setting.where };
}
