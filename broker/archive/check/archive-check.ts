import type { DicomJson } from '../../dicom/dicom-json.ts';
import { echoScu } from '../../dimse/echo-scu.ts';
import type { Association } from '../../dimse/association.ts';
import { studyRootGetSopClass, studyRootMoveSopClass } from '../../domain/sop-class.ts';
import type { BrokerError } from '../../domain/errors.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Uid } from '../../domain/uid.ts';
import { type FindStep, findIdentifiers } from '../find-identifier.ts';
import { negotiatedSupport } from '../find-negotiation.ts';
import { type FoundAnswer, findOn } from '../find-on.ts';
import { capabilitiesDetail, cannotRetrieve, suggestedChanges } from './capabilities.ts';
import { CheckAssociation } from './check-association.ts';
import type { ArchiveAbilities, CheckAddress, CheckEvent, CheckStepName } from './check-event.ts';
import { type CheckLimits, usualCheckLimits } from './check-limits.ts';
import type { CheckReceiver, ReceiverPlace } from './check-receiver.ts';
import { CheckRetrieve } from './check-retrieve.ts';
import { answersRelational } from './relational-trial.ts';
import { CheckSteps, failureOf, type StepFinding, type StepOutcome } from './check-steps.ts';
import { toRegister } from './check-trouble.ts';
import { studyIn } from './sample-instance.ts';
import { withinLimit } from './step-limit.ts';

export interface CheckOptions {
  readonly address: CheckAddress;
  /** Retrieves an instance too, and sees whether it comes. */
  readonly withRetrieve: boolean;
  /** Ends after C-ECHO: the address is not one to ask. */
  readonly until?: 'echo' | undefined;
  readonly receiver: CheckReceiver;
  /** Our storage SCP: the one that runs, or that the gateway will have. */
  readonly place: ReceiverPlace;
  readonly limits?: CheckLimits;
}

/**
 * Tries an archive step by step; each step that fails says why and what to do, and those that cannot go on
 * without it are skipped. Nothing is open when it has ended, however it ends.
 * @throws BrokerError `cancelled` on the signal
 */
export async function* checkArchive(
  options: CheckOptions,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent, void, undefined> {
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  const association = new CheckAssociation(options.address, options.limits ?? usualCheckLimits, either);
  try {
    yield* new ArchiveCheck(options, association, either).run();
  } finally {
    stopped.abort();
    await association.end();
  }
}

const nothing: FindStep = { level: 'study', keys: {}, returnKeys: [], study: undefined, series: undefined };
/** Texts of an answer tell its character set; they are not shown. */
const sampleKeys: readonly Tag[] = ['00080020', '00080061', '00100010', '00100020', '00201208'];
/** The first query is a small one, for an archive that does not stop when it is told to. */
const recentDays = 7;

/** How archives turn down a query of those whom they do not know. */
const mayBeUnknown: ReadonlySet<BrokerError['code']> = new Set(['association-aborted', 'archive-refused']);

class ArchiveCheck {
  readonly #options: CheckOptions;
  readonly #limits: CheckLimits;
  readonly #association: CheckAssociation;
  readonly #signal: AbortSignal;
  readonly #steps: CheckSteps;
  #characterSet: string | undefined;

  constructor(options: CheckOptions, association: CheckAssociation, signal: AbortSignal) {
    this.#options = options;
    this.#limits = options.limits ?? usualCheckLimits;
    this.#association = association;
    this.#signal = signal;
    this.#steps = new CheckSteps(options.address, signal);
  }

  async *run(): AsyncGenerator<CheckEvent, void, undefined> {
    yield* this.#runSteps();
    yield { type: 'end', passed: this.#steps.isAllPassed };
  }

  async *#runSteps(): AsyncGenerator<CheckEvent, void, undefined> {
    const { address, withRetrieve, until } = this.#options;
    const { aeTitle, host, port, callingAeTitle } = address;
    const retrieval: readonly CheckStepName[] = withRetrieve ? ['retrieve', 'receive'] : [];
    const asking: readonly CheckStepName[] = ['find', 'capabilities', ...retrieval];
    const afterEcho = until === 'echo' ? [] : asking;
    const connected = yield* this.#steps.run({
      step: 'connect',
      doing: `Connecting to ${host}, port ${port}`,
      work: () => this.#connect(),
    });
    if ('error' in connected) {
      yield* this.#steps.skip(['associate', 'echo', ...afterEcho], 'There is no connection.');
      return;
    }
    const associated = yield* this.#steps.run({
      step: 'associate',
      doing: `Introducing ourselves to ${aeTitle} as ${callingAeTitle}`,
      work: () => this.#associate(),
      toRegister: () => this.#rowsWhereUnknown(),
    });
    if ('error' in associated) {
      yield* this.#steps.skip(['echo', ...afterEcho], 'The archive does not talk to us.');
      return;
    }
    const association = associated.value;
    const echoed = yield* this.#steps.run({
      step: 'echo',
      doing: 'Asking whether it is there (C-ECHO)',
      work: () => this.#echo(association),
    });
    if (isBroken(echoed)) {
      yield* this.#steps.skip(afterEcho, 'The archive broke off.');
      return;
    }
    if (until === 'echo') return;
    const found = yield* this.#steps.run({
      step: 'find',
      doing: 'Asking for a study (C-FIND)',
      work: () => this.#find(),
      toRegister: ({ code }) => (mayBeUnknown.has(code) ? this.#rowsWhereUnknown() : undefined),
    });
    let abilities = this.#abilities(association);
    yield* this.#steps.run({
      step: 'capabilities',
      doing: 'Looking at what it offers',
      work: async () => {
        if ('value' in found) abilities = await this.#tried(abilities, found.value);
        return this.#capabilities(abilities);
      },
    });
    yield { type: 'abilities', abilities, suggestedChanges: suggestedChanges(address, abilities) };
    if (withRetrieve) yield* this.#retrieve(found, abilities);
  }

  async #connect(): Promise<StepFinding<undefined>> {
    const { remoteAddress, remotePort } = await this.#association.connect();
    return { value: undefined, detail: `Connected to ${remoteAddress}, port ${remotePort}.` };
  }

  async #associate(): Promise<StepFinding<Association>> {
    const association = await this.#association.associate();
    const { aeTitle, callingAeTitle } = this.#options.address;
    const what = association.implementation === undefined ? '' : ` (${association.implementation})`;
    const detail = `${aeTitle}${what} takes associations from ${callingAeTitle}.`;
    return { value: association, detail };
  }

  async #echo(association: Association): Promise<StepFinding<undefined>> {
    const ms = await echoScu(association, this.#limits.responseTimeoutMs, this.#signal);
    return { value: undefined, detail: `It answers, in ${Math.max(1, Math.round(ms))} ms.` };
  }

  /** One study of the last days, or of any time: the first answer is enough. */
  #find(): Promise<StepFinding<Uid | undefined>> {
    const what = 'The answer to C-FIND';
    return withinLimit({ limitMs: this.#limits.findLimitMs, what, signal: this.#signal }, async (signal) => {
      for (const keys of [{ '00080020': { vr: 'DA', Value: [`${recentDate()}-`] } }, {}]) {
        const step: FindStep = { ...nothing, keys, returnKeys: sampleKeys };
        for await (const answer of this.#ask(step, signal)) {
          const study = studyIn(answer.dataSet);
          if (study !== undefined) return { value: study, detail: 'It answers queries.' };
        }
      }
      return { value: undefined, detail: 'It answers queries; it has no studies, or none that we may see.' };
    });
  }

  async *#ask(step: FindStep, signal: AbortSignal): AsyncGenerator<FoundAnswer, void, undefined> {
    const association = await this.#association.usable();
    for (const identifier of findIdentifiers(step)) {
      const options = { preferred: [], timeoutMs: this.#limits.responseTimeoutMs, signal };
      for await (const answer of findOn(association, identifier, options)) {
        const characterSet = answer.characterSet.join('\\');
        if (characterSet !== '') this.#characterSet ??= characterSet;
        yield answer;
      }
    }
  }

  #abilities(association: Association): ArchiveAbilities {
    const { relational, fuzzy = false } = negotiatedSupport(association);
    const { implementation } = association;
    return {
      canMove: association.contextOf(studyRootMoveSopClass) !== undefined,
      canGet: association.contextOf(studyRootGetSopClass) !== undefined,
      relationalQueries: relational === false ? 'no' : 'unknown',
      canMatchFuzzy: fuzzy,
      ...(this.#characterSet === undefined ? {} : { characterSet: this.#characterSet }),
      ...(implementation === undefined ? {} : { implementation }),
    };
  }

  /** What it says of relational queries, or leaves open, is tried with a study that it has. */
  async #tried(abilities: ArchiveAbilities, study: Uid | undefined): Promise<ArchiveAbilities> {
    if (study === undefined || abilities.relationalQueries === 'no') return abilities;
    const limit = { limitMs: this.#limits.findLimitMs, what: 'The answer to C-FIND', signal: this.#signal };
    try {
      const answers = await withinLimit(limit, (signal) =>
        answersRelational(study, (step) => this.#answers(step, signal)),
      );
      if (answers === undefined) return abilities;
      return { ...abilities, relationalQueries: answers ? 'yes' : 'no' };
    } catch (thrown) {
      // It answers queries as such: what it makes of these stays open.
      failureOf(thrown);
      return abilities;
    }
  }

  async *#answers(step: FindStep, signal: AbortSignal): AsyncGenerator<DicomJson, void, undefined> {
    for await (const { dataSet } of this.#ask(step, signal)) yield dataSet;
  }

  #capabilities(abilities: ArchiveAbilities): StepFinding<undefined> {
    const error = cannotRetrieve(this.#options.address, abilities);
    if (error !== undefined) throw error;
    return { value: undefined, detail: capabilitiesDetail(abilities) };
  }

  async *#retrieve(
    found: StepOutcome<Uid | undefined>,
    abilities: ArchiveAbilities,
  ): AsyncGenerator<CheckEvent, void, undefined> {
    const { address } = this.#options;
    const steps: readonly CheckStepName[] = ['retrieve', 'receive'];
    if ('error' in found)
      yield* this.#steps.skip(steps, 'Without an answer to C-FIND there is nothing to ask for.');
    else if (found.value === undefined)
      yield* this.#steps.skip(steps, 'The archive has no study to try it with.');
    else if (cannotRetrieve(address, abilities) !== undefined)
      yield* this.#steps.skip(steps, 'The archive does not offer it.');
    else {
      const study = found.value;
      const { receiver, place } = this.#options;
      const retrieve = new CheckRetrieve({
        address,
        place,
        receiver,
        abilities,
        study,
        limits: this.#limits,
        association: this.#association,
        steps: this.#steps,
        signal: this.#signal,
        ask: (step, signal) => this.#answers(step, signal),
      });
      const method = yield* retrieve.run();
      const now = this.#withCharacterSet(abilities);
      const changes = suggestedChanges(address, now, method);
      yield { type: 'abilities', abilities: now, suggestedChanges: changes };
    }
  }

  #withCharacterSet(abilities: ArchiveAbilities): ArchiveAbilities {
    return this.#characterSet === undefined ? abilities : { ...abilities, characterSet: this.#characterSet };
  }

  #rowsWhereUnknown(): ReturnType<typeof toRegister> | undefined {
    const { address, place } = this.#options;
    // What concerns the archive's own AE title or its load is not mended by an entry for us.
    if (['1.7', '1.2', '2.2', '3.1', '3.2'].includes(this.#association.rejection ?? '')) return undefined;
    return toRegister(address, this.#association.localAddress, place);
  }
}

/** An archive that refuses one request may well serve another; one that breaks off or is silent will not. */
function isBroken(outcome: StepOutcome<unknown>): boolean {
  if (!('error' in outcome)) return false;
  return !['archive-refused', 'context-not-accepted'].includes(outcome.error.code);
}

function recentDate(): string {
  const date = new Date();
  date.setDate(date.getDate() - recentDays);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
}
