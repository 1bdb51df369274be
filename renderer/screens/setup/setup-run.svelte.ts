import type { CheckStep } from '../../../broker/control/contract/archive-check.ts';
import {
  addressOf,
  attemptRows,
  fittingChanges,
  receiverOf,
  typeForAll,
} from '../../archive-check/archive-address.ts';
import { defaultArchive } from '../../archive-check/archive-property.ts';
import { CheckRun } from '../../archive-check/check-run.svelte.ts';
import { SettingsDraft } from '../../settings/settings-draft.svelte.ts';
import { settingLabel } from '../../settings/setting-label.ts';
import { troubleOf } from '../../api/trouble-of.ts';
import { keepSetup, readKeptSetup } from './kept-setup.ts';

/** How one of the four steps is. */
export type SetupStepState = 'later' | 'now' | 'running' | 'passed' | 'failed' | 'skipped';

const echoSteps: readonly CheckStep['step'][] = ['connect', 'associate', 'echo'];
const findSteps: readonly CheckStep['step'][] = ['find', 'capabilities'];
/** What the set-up asks for; without them the gateway cannot start. */
const asked =
  /^((qido|wado)\.(remote_ae|remote_host|remote_port|local_ae)|scp\.(local_ae|local_port|cache_dir_path))$/;

/** The guided set-up: an address is typed, tried, saved, and an image fetched from it. */
export class SetupRun {
  readonly draft = new SettingsDraft({ isRequired: (property) => asked.test(property) });
  /** C-ECHO and C-FIND with what was typed, before it is saved. */
  readonly first = new CheckRun();
  /** The test retrieval, once it is saved: the gateway receives then. */
  readonly second = new CheckRun();
  isTyping = $state(true);
  /** True where what was typed comes from a set-up that was left. */
  isTakenUp = $state(false);
  /** What was saved beside what was typed, in words. */
  adopted: readonly string[] = $state.raw([]);

  readonly address = $derived(addressOf(this.draft, defaultArchive, 'qido'));
  readonly receiverTitle = $derived(this.draft.effective('scp.local_ae'));
  readonly receiverPort = $derived(this.draft.effective('scp.local_port'));

  readonly echoSteps = $derived(this.first.steps.filter(({ step }) => echoSteps.includes(step)));
  readonly findSteps = $derived(this.first.steps.filter(({ step }) => findSteps.includes(step)));
  readonly echo: SetupStepState = $derived(stateOf(this.echoSteps, echoSteps));
  readonly find: SetupStepState = $derived(stateOf(this.findSteps, findSteps));
  /** Of the second check what says something new: the retrieval, and what failed before it. */
  readonly receiveSteps = $derived(
    this.second.steps.filter(
      ({ step, state }) => step === 'retrieve' || step === 'receive' || state === 'failed',
    ),
  );
  readonly receive: SetupStepState = $derived.by(() => {
    if (this.isTyping || this.find !== 'passed') return 'later';
    if (this.second.state === 'idle' || this.second.state === 'stopped') return 'now';
    if (this.second.state !== 'failed') return this.second.state;
    return this.receiveSteps.some(({ state }) => state === 'failed') || this.second.trouble !== undefined
      ? 'failed'
      : 'skipped';
  });

  readonly attempt = $derived(attemptRows(this.address));

  async load(signal: AbortSignal): Promise<void> {
    await this.draft.load(signal);
    const kept = readKeptSetup();
    if (signal.aborted || Object.keys(kept).length === 0) return;
    this.draft.restore(kept);
    this.isTakenUp = this.draft.changeCount > 0;
  }

  /** Types our AE title for all that has one. */
  typeOurTitle(text: string): void {
    this.draft.type('scp.local_ae', text);
    typeForAll(this.draft, defaultArchive, 'local_ae', text);
  }

  startOver(): void {
    this.first.reset();
    this.second.reset();
    this.draft.discard();
    this.isTakenUp = false;
    this.isTyping = true;
  }

  change(): void {
    this.first.stop();
    this.second.stop();
    this.isTyping = true;
  }

  /** Tries what was typed; false where a value is wrong. */
  async test(): Promise<boolean> {
    this.draft.trouble = undefined;
    try {
      if (!(await this.draft.checkNow())) return false;
    } catch (error) {
      this.draft.trouble = troubleOf(error);
      return false;
    }
    this.isTyping = false;
    this.second.reset();
    const receiver = receiverOf(this.draft);
    void this.first.run({
      address: this.address,
      withRetrieve: false,
      ...(receiver === undefined ? {} : { receiver }),
    });
    return true;
  }

  /** Saves what was typed, with the settings that fit what was found. */
  async save(): Promise<boolean> {
    this.#adopt(this.first.suggestedChanges);
    return this.#saveDraft();
  }

  /** Saves, has an image sent, and saves what that has shown to fit. */
  async fetchImage(): Promise<void> {
    const address = this.address;
    this.second.reset();
    if (!(await this.save()) || this.draft.applied?.failed !== undefined) return;
    await this.second.run({ address, withRetrieve: true });
    if (this.second.state !== 'passed') return;
    this.#adopt(this.second.suggestedChanges);
    await this.#saveDraft();
  }

  stop(): void {
    this.first.stop();
    this.second.stop();
  }

  keep(): void {
    keepSetup(this.draft.typed);
  }

  async #saveDraft(): Promise<boolean> {
    return this.draft.changeCount === 0 || (await this.draft.save());
  }

  #adopt(suggested: CheckRun['suggestedChanges']): void {
    for (const { property, text } of fittingChanges(this.draft, suggested)) {
      this.draft.type(property, text);
      this.adopted = [...this.adopted, `${settingLabel(property)}: ${text}`];
    }
  }
}

function stateOf(steps: readonly CheckStep[], all: readonly CheckStep['step'][]): SetupStepState {
  if (steps.some(({ state }) => state === 'failed')) return 'failed';
  if (steps.some(({ state }) => state === 'running')) return 'running';
  if (steps.some(({ state }) => state === 'skipped')) return 'skipped';
  if (steps.length === all.length) return 'passed';
  return steps.length === 0 ? 'later' : 'running';
}
