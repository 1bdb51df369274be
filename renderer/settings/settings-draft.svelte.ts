import type { Trouble } from '../../broker/control/contract/gateway-state.ts';
import type {
  AppliedSettings,
  DescribedSetting,
  DescribedSettings,
  SettingChanges,
  SettingProblem,
} from '../../broker/control/contract/settings.ts';
import { api } from '../api/client.ts';
import { isAbort, troubleOf } from '../api/trouble-of.ts';
import { isOwn, shownText, textOfDefault, valueOf } from './setting-text.ts';

/** What was typed, by property; null: taken back. */
export type Typed = Readonly<Record<string, string | null>>;

const checkAfterMs = 250;

interface DraftOptions {
  /**
   * Settings that must be right before they are saved also where nothing was typed, such as those of an archive
   * that is being added. What is wrong with them is shown once saving was tried.
   */
  readonly isRequired?: (property: string) => boolean;
  /** What is made of the settings that are read, such as those that an archive would have. */
  readonly describe?: (described: DescribedSettings) => DescribedSettings;
  /** What saves. Default: `settings.save`. */
  readonly save?: (changes: SettingChanges) => Promise<AppliedSettings>;
}

/** Settings as they are, and what a person has typed over them. */
export class SettingsDraft {
  described: DescribedSettings | undefined = $state.raw();
  typed: Typed = $state.raw({});
  /** Why settings could not be read or saved. */
  trouble: Trouble | undefined = $state.raw();
  /** What the last saving did, until something else is typed. */
  applied: AppliedSettings | undefined = $state.raw();
  isSaving = $state(false);
  #problems: readonly SettingProblem[] = $state.raw([]);
  #wasTried = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #checking: AbortController | undefined;
  readonly #options: DraftOptions;

  constructor(options: DraftOptions = {}) {
    this.#options = options;
  }

  readonly #byProperty = $derived(
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- it takes the place of the old one as a whole
    new Map(this.described?.settings.map((setting) => [setting.property, setting])),
  );

  /** What saving would change. */
  readonly changes: SettingChanges = $derived(changesOf(this.#byProperty, this.typed));
  readonly changeCount = $derived(Object.keys(this.changes).length);

  /** Reads the settings anew; what was typed stays. */
  async load(signal?: AbortSignal): Promise<void> {
    try {
      const described = await api.settings.get(undefined, signal === undefined ? {} : { signal });
      this.described = this.#options.describe?.(described) ?? described;
      this.trouble = undefined;
    } catch (error) {
      if (!isAbort(error)) this.trouble = troubleOf(error);
    }
  }

  find(property: string): DescribedSetting | undefined {
    return this.#byProperty.get(property);
  }

  /** What stands in the field of a setting. */
  text(property: string): string {
    const setting = this.find(property);
    const typed = this.typed[property];
    if (typeof typed === 'string') return typed;
    if (setting === undefined) return '';
    return typed === null ? textOfDefault(setting) : shownText(setting);
  }

  /** What counts where the draft is saved, also where another setting gives it. */
  effective(property: string): string {
    const text = this.text(property);
    const setting = this.find(property);
    if (text !== '' || setting === undefined) return text;
    if (setting.defaultsTo !== undefined) return this.effective(setting.defaultsTo);
    return textOfDefault(setting);
  }

  isChanged(property: string): boolean {
    return property in this.changes;
  }

  type(property: string, text: string): void {
    this.#put({ [property]: text });
  }

  /** Types what was typed at another time. */
  restore(typed: Typed): void {
    this.#put(typed);
  }

  /** Takes settings back to their defaults. */
  takeBack(...properties: string[]): void {
    this.#put(Object.fromEntries(properties.map((property) => [property, null])));
  }

  /** Forgets what was typed, all of it where nothing is named. */
  discard(...properties: string[]): void {
    this.typed =
      properties.length === 0
        ? {}
        : Object.fromEntries(
            Object.entries(this.typed).filter(([property]) => !properties.includes(property)),
          );
    this.#wasTried = false;
    this.#check();
  }

  /** What is wrong with a setting and how to mend it. */
  problem(property: string): string | undefined {
    const found = this.#problems.find((problem) => problem.property === property);
    if (found !== undefined && (this.#wasTried || property in this.typed)) return sentence(found);
    if (this.isChanged(property) || this.#options.isRequired !== undefined) return undefined;
    const present = this.described?.problems.find((problem) => problem.property === property);
    return present === undefined ? undefined : sentence(present);
  }

  /** What is wrong with no setting in particular, or with one that has no field here. */
  get furtherProblems(): readonly SettingProblem[] {
    return this.#problems.filter(({ property }) => property === undefined || !this.#byProperty.has(property));
  }

  /** Whether what was typed has been found wrong. */
  get isWrong(): boolean {
    return this.#problems.some((problem) => this.#isOurs(problem));
  }

  /** Checks and saves; false where something is wrong, which `problem` and `trouble` tell then. */
  async save(): Promise<boolean> {
    this.isSaving = true;
    this.trouble = undefined;
    this.applied = undefined;
    try {
      if (!(await this.checkNow())) return false;
      const save = this.#options.save ?? ((changes) => api.settings.save({ changes }));
      const applied = await save(this.changes);
      await this.load();
      this.discard();
      this.applied = applied;
      return true;
    } catch (error) {
      this.trouble = troubleOf(error);
      return false;
    } finally {
      this.isSaving = false;
    }
  }

  /** Checks at once, and shows also what is missing; true where nothing is wrong. */
  async checkNow(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#checking?.abort();
    this.#wasTried = true;
    this.#problems = await api.settings.validate({ changes: this.changes });
    return !this.isWrong;
  }

  #put(typed: Typed): void {
    this.typed = { ...this.typed, ...typed };
    this.applied = undefined;
    this.#check();
  }

  #check(): void {
    clearTimeout(this.#timer);
    this.#checking?.abort();
    if (this.changeCount === 0) {
      this.#problems = [];
      return;
    }
    this.#timer = setTimeout(() => void this.#checkLater(), checkAfterMs);
  }

  async #checkLater(): Promise<void> {
    const checking = new AbortController();
    this.#checking = checking;
    try {
      const { signal } = checking;
      this.#problems = await api.settings.validate({ changes: this.changes }, { signal });
    } catch {
      // Saving checks again, and says what hinders it.
    }
  }

  #isOurs({ property }: SettingProblem): boolean {
    if (property === undefined) return false;
    return property in this.changes || this.#options.isRequired?.(property) === true;
  }
}

function changesOf(settings: ReadonlyMap<string, DescribedSetting>, typed: Typed): SettingChanges {
  const changes: SettingChanges = {};
  for (const [property, text] of Object.entries(typed)) {
    const setting = settings.get(property);
    if (setting === undefined || setting.isLocked) continue;
    const value = text === null ? null : valueOf(setting, text);
    const isChange = value === null ? isTakenBack(setting, text) : !isSame(setting, text);
    if (isChange) changes[property] = value;
  }
  return changes;
}

function isTakenBack(setting: DescribedSetting, text: string | null): boolean {
  // A field of a secret is empty until something is typed into it.
  return isOwn(setting) && !(setting.isSecret && text !== null);
}

function isSame(setting: DescribedSetting, text: string | null): boolean {
  return !setting.isSecret && text?.trim() === shownText(setting);
}

function sentence({ message, remedy }: Trouble): string {
  return remedy === undefined ? message : `${message} ${remedy}`;
}
