import type { DicomJson } from '../../dicom/dicom-json.ts';
import { writeDataSet } from '../../dicom/data-set-writer.ts';
import { moveScu } from '../../dimse/move-scu.ts';
import type { RetrieveEnd } from '../../dimse/retrieve-response.ts';
import { statusError } from '../../dimse/status-error.ts';
import { statusClass } from '../../domain/dimse-status.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { Uid } from '../../domain/uid.ts';
import { encodingOf, implicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import type { RetrieveMethod } from '../archive-retrieve.ts';
import type { FindStep } from '../find-identifier.ts';
import { storageContexts } from '../retrieve-contexts.ts';
import { retrieveIdentifier } from '../retrieve-identifier.ts';
import { type CheckAssociation, endpointOf } from './check-association.ts';
import type { ArchiveAbilities, CheckAddress, CheckEvent, CheckStepName } from './check-event.ts';
import type { CheckLimits } from './check-limits.ts';
import type { CheckReceiver, CheckReception, ReceiverPlace } from './check-receiver.ts';
import { arrivedDetail, notArrived, notSent } from './check-reception-words.ts';
import { type CheckSteps, failureOf, since } from './check-steps.ts';
import { stepTrouble, toRegister } from './check-trouble.ts';
import { type SampleInstance, sampleInstance } from './sample-instance.ts';
import { withinLimit } from './step-limit.ts';

export interface CheckRetrieveOptions {
  readonly address: CheckAddress;
  readonly place: ReceiverPlace;
  readonly receiver: CheckReceiver;
  readonly abilities: ArchiveAbilities;
  readonly study: Uid;
  readonly limits: CheckLimits;
  readonly association: CheckAssociation;
  readonly steps: CheckSteps;
  readonly signal: AbortSignal;
  readonly ask: (step: FindStep, signal: AbortSignal) => AsyncGenerator<DicomJson, void, undefined>;
}

/** Where a method failed, and why. */
interface Failure {
  readonly step: 'retrieve' | 'receive';
  readonly error: BrokerError;
}

/** Has an archive send one instance, by each method that may be used, until one works. */
export class CheckRetrieve {
  readonly #options: CheckRetrieveOptions;

  constructor(options: CheckRetrieveOptions) {
    this.#options = options;
  }

  /** Steps retrieve and receive. @returns the method by which the instance came */
  async *run(): AsyncGenerator<CheckEvent, RetrieveMethod | undefined, undefined> {
    const { steps } = this.#options;
    yield this.#running('retrieve', 'Looking for a small image');
    const start = performance.now();
    let sample: SampleInstance | undefined;
    let reception: CheckReception;
    try {
      sample = await this.#sample();
      if (sample === undefined) {
        yield* steps.skip(['retrieve', 'receive'], 'The study that was found has no images to try it with.');
        return undefined;
      }
      reception = await this.#open(sample);
    } catch (thrown) {
      yield* this.#failed({ step: 'retrieve', error: this.#failureOf(thrown) }, since(start));
      return undefined;
    }
    try {
      return yield* this.#attempts(sample, reception);
    } finally {
      await reception[Symbol.asyncDispose]();
    }
  }

  async *#attempts(
    sample: SampleInstance,
    reception: CheckReception,
  ): AsyncGenerator<CheckEvent, RetrieveMethod | undefined, undefined> {
    let first: Failure | undefined;
    const start = performance.now();
    for (const method of this.#methods()) {
      const failure = yield* this.#attempt(method, { sample, reception, first });
      if (failure === undefined) return method;
      first ??= failure;
    }
    if (first !== undefined) yield* this.#failed(first, since(start));
    return undefined;
  }

  /** Asks, and waits for the instance. @returns why it did not come */
  async *#attempt(
    method: RetrieveMethod,
    {
      sample,
      reception,
      first,
    }: { sample: SampleInstance; reception: CheckReception; first: Failure | undefined },
  ): AsyncGenerator<CheckEvent, Failure | undefined, undefined> {
    const { address, limits, steps, signal } = this.#options;
    const service = method === 'c-move' ? 'C-MOVE' : 'C-GET';
    const before = first === undefined ? '' : `By C-MOVE it does not work: ${first.error.message} `;
    const where = method === 'c-move' ? `, to ${reception.place.aeTitle}` : '';
    yield this.#running('retrieve', `${before}Asking for one image by ${service}${where}`);
    let start = performance.now();
    let end: RetrieveEnd;
    try {
      end = await this.#ask(method, sample, reception);
    } catch (thrown) {
      const error = this.#failureOf(thrown);
      return { step: 'retrieve', error: notSent({ error, method, address, reception }) };
    }
    const trouble = first === undefined ? {} : { trouble: stepTrouble(first.step, first.error, address) };
    const detail = `${before}${address.aeTitle} says that it has sent the image by ${service}.`;
    yield steps.tell({ step: 'retrieve', state: 'passed', detail, tookInMs: since(start), ...trouble });
    yield this.#running('receive', 'Waiting for the image');
    start = performance.now();
    const hasCome = await reception.waitForInstance(limits.arrivalLimitMs, signal);
    if (signal.aborted) throw new BrokerError('cancelled', 'The check was cancelled.');
    if (!hasCome) {
      const waitedMs = limits.arrivalLimitMs;
      return { step: 'receive', error: notArrived({ end, method, address, reception, waitedMs }) };
    }
    const arrived = arrivedDetail({ method, address, reception, instance: sample.instance });
    yield steps.tell({ step: 'receive', state: 'passed', detail: arrived, tookInMs: since(start) });
    return undefined;
  }

  /** Asks by one method; settles when the archive says that it is done. */
  #ask(method: RetrieveMethod, sample: SampleInstance, reception: CheckReception): Promise<RetrieveEnd> {
    const { limits, signal } = this.#options;
    const service = method === 'c-move' ? 'C-MOVE' : 'C-GET';
    const limit = { limitMs: limits.retrieveLimitMs, what: `The ${service} of one image`, signal };
    return withinLimit(limit, async (either) => {
      const end = await (method === 'c-move'
        ? this.#move(sample, reception, either)
        : this.#get(sample, reception, either));
      if (statusClass(end.status) === 'failure' && (end.completed ?? 0) === 0) {
        const { address } = this.#options;
        const { aeTitle } = reception.place;
        throw statusError(endpointOf(address), service, end.status, end.comment, aeTitle);
      }
      return end;
    });
  }

  async #move(sample: SampleInstance, { place }: CheckReception, signal: AbortSignal): Promise<RetrieveEnd> {
    const { association, limits } = this.#options;
    return await moveScu(await association.usable(), {
      destination: place.aeTitle,
      identifier: identifierOf(sample),
      timeoutMs: limits.retrieveLimitMs,
      signal,
      onProgress: () => undefined,
    });
  }

  async #get(sample: SampleInstance, reception: CheckReception, signal: AbortSignal): Promise<RetrieveEnd> {
    const { address, association, limits } = this.#options;
    // Some archives allow us only one association.
    await association.end();
    const order = {
      endpoint: endpointOf(address),
      limits,
      identifier: identifierOf(sample),
      storage: storageContexts(sample.sopClasses),
      responseTimeoutMs: limits.retrieveLimitMs,
    };
    return await reception.get(order, () => undefined, signal);
  }

  #sample(): Promise<SampleInstance | undefined> {
    const { ask, limits, signal, study } = this.#options;
    const limit = { limitMs: limits.retrieveLimitMs, what: 'The search for an image', signal };
    return withinLimit(limit, (either) => sampleInstance(study, (step) => ask(step, either)));
  }

  #open({ study, instance }: SampleInstance): Promise<CheckReception> {
    const { address, limits, receiver, place, signal } = this.#options;
    const expectation = {
      archive: address.name,
      archiveAeTitle: address.aeTitle,
      study,
      instance,
      place,
    };
    const limit = { limitMs: limits.retrieveLimitMs, what: 'Getting ready to receive', signal };
    return withinLimit(limit, (either) => receiver.open(expectation, either));
  }

  /** C-MOVE is what most archives are made for; C-GET is tried where the choice is left to us. */
  #methods(): RetrieveMethod[] {
    const { address, abilities } = this.#options;
    const methods: RetrieveMethod[] = [];
    if (abilities.canMove && address.retrieveMethod !== 'get') methods.push('c-move');
    if (abilities.canGet && address.retrieveMethod !== 'move') methods.push('c-get');
    return methods;
  }

  *#failed({ step, error }: Failure, tookInMs: number): Generator<CheckEvent, void, undefined> {
    const { address, association, place, steps } = this.#options;
    const detail = error.message;
    if (step === 'receive') {
      const said = `${address.aeTitle} says that it has sent the image.`;
      yield steps.tell({ step: 'retrieve', state: 'passed', detail: said });
    }
    const rows =
      error.code === 'configuration' ? undefined : toRegister(address, association.localAddress, place);
    yield steps.tell({
      step,
      state: 'failed',
      detail,
      tookInMs,
      trouble: stepTrouble(step, error, address),
      ...(rows === undefined ? {} : { toRegister: rows }),
    });
    if (step === 'retrieve') yield* steps.skip(['receive'], 'No image is on its way.');
  }

  #running(step: CheckStepName, detail: string): CheckEvent {
    return this.#options.steps.tell({ step, state: 'running', detail });
  }

  /** @throws BrokerError `cancelled` where it is the check that was given up */
  #failureOf(thrown: unknown): BrokerError {
    if (this.#options.signal.aborted) throw new BrokerError('cancelled', 'The check was cancelled.');
    return failureOf(thrown);
  }
}

function identifierOf({ study, series, instance }: SampleInstance): Buffer {
  const resource = { level: 'instance', study, series, instance } as const;
  return writeDataSet(retrieveIdentifier({ resource }), encodingOf(implicitVrLittleEndian));
}
