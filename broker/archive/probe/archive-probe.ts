import { Association } from '../../dimse/association.ts';
import { echoScu } from '../../dimse/echo-scu.ts';
import type { AssociationLimits } from '../../dimse/negotiation.ts';
import type { Permits } from '../../dimse/permits.ts';
import { type ProposedContext, numberContexts } from '../../dimse/presentation-context.ts';
import type { Endpoint } from '../../dimse/rejection.ts';
import { type TraceLine, TraceLines } from '../../dimse/trace-lines.ts';
import { verificationSopClass } from '../../domain/sop-class.ts';
import { BrokerError, toBrokerError } from '../../domain/errors.ts';
import { implicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import { findContexts } from '../find-negotiation.ts';
import { findOn } from '../find-on.ts';
import { inBatches } from './in-batches.ts';
import { probeAnswer } from './probe-answer.ts';
import { type ProbeQuery, probeIdentifiers } from './probe-identifier.ts';

export interface ArchiveProbeOptions {
  readonly endpoint: Endpoint;
  readonly limits: AssociationLimits;
  /** Shared with everything else that is asked of the archive. */
  readonly permits: Permits;
  readonly queueTimeoutMs: number;
  readonly responseTimeoutMs: number;
}

/** What a C-ECHO took, in milliseconds, as far as it came. */
export interface EchoOutcome {
  readonly connectInMs: number | undefined;
  readonly associateInMs: number | undefined;
  readonly echoInMs: number | undefined;
  readonly trace: TraceLine[];
  readonly error: BrokerError | undefined;
}

export type ProbeEvent =
  | { readonly type: 'trace'; readonly lines: TraceLine[] }
  | { readonly type: 'answers'; readonly answers: Record<string, string>[] }
  | {
      readonly type: 'end';
      readonly count: number;
      /** There are more than the limit. */
      readonly cut: boolean;
      readonly tookInMs: number;
      readonly error: BrokerError | undefined;
    };

const batch = { most: 200, withinMs: 100 };

/** Asks an archive for those who want to see how it answers: on an association of its own, with a trace. */
export class ArchiveProbe {
  readonly #options: ArchiveProbeOptions;

  constructor(options: ArchiveProbeOptions) {
    this.#options = options;
  }

  /** A C-ECHO; an archive that fails is an outcome too. @throws BrokerError `cancelled` on the signal */
  async echo(signal: AbortSignal): Promise<EchoOutcome> {
    const trace = new TraceLines();
    const verification = { abstractSyntax: verificationSopClass, transferSyntaxes: [implicitVrLittleEndian] };
    let echoInMs: number | undefined;
    let error: BrokerError | undefined;
    let askedAtMs = 0;
    try {
      await using lent = await this.#open(numberContexts([verification]), trace, signal);
      askedAtMs = lent.askedAtMs;
      echoInMs = await echoScu(lent.association, this.#options.responseTimeoutMs, signal);
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof BrokerError)) throw toBrokerError(thrown);
      error = thrown;
    }
    const { connectedAtMs, acceptedAtMs } = trace.times;
    return {
      connectInMs: connectedAtMs === undefined ? undefined : tenths(connectedAtMs - askedAtMs),
      associateInMs:
        connectedAtMs === undefined || acceptedAtMs === undefined
          ? undefined
          : tenths(acceptedAtMs - connectedAtMs),
      echoInMs: echoInMs === undefined ? undefined : tenths(echoInMs),
      trace: trace.take(),
      error,
    };
  }

  /**
   * One C-FIND with what goes over the wire; the last event is `end`, also where it fails. More answers than
   * `limit` are cut off by C-CANCEL.
   * @throws BrokerError `cancelled` on the signal
   */
  async *find(
    query: ProbeQuery,
    { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  ): AsyncGenerator<ProbeEvent, void, undefined> {
    const trace = new TraceLines();
    const start = performance.now();
    const stopped = new AbortController();
    const either = AbortSignal.any([signal, stopped.signal]);
    const run: Run = { count: 0, cut: false };
    let error: BrokerError | undefined;
    const stop = (): void => {
      stopped.abort();
    };
    try {
      const answers = this.#answers(query, { limit, trace, run, signal: either });
      for await (const answered of inBatches(answers, { ...batch, stop })) {
        yield* linesOf(trace);
        if (answered.length > 0) yield { type: 'answers', answers: answered };
      }
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof BrokerError)) throw toBrokerError(thrown);
      error = thrown;
    }
    yield* linesOf(trace);
    yield { type: 'end', ...run, tookInMs: tenths(performance.now() - start), error };
  }

  async *#answers(
    query: ProbeQuery,
    options: AnswerOptions,
  ): AsyncGenerator<Record<string, string>, void, undefined> {
    const { limit, trace, run, signal } = options;
    const identifiers = probeIdentifiers(query);
    await using lent = await this.#open(numberContexts(findContexts()), trace, signal);
    const { responseTimeoutMs: timeoutMs } = this.#options;
    for (const identifier of identifiers) {
      for await (const { dataSet } of findOn(lent.association, identifier, {
        preferred: [],
        timeoutMs,
        signal,
      })) {
        if (run.count === limit) {
          run.cut = true;
          return;
        }
        run.count += 1;
        yield probeAnswer(dataSet);
      }
    }
  }

  /** An association that counts like all others; disposal ends it in order. */
  async #open(contexts: readonly ProposedContext[], trace: TraceLines, signal: AbortSignal): Promise<Lent> {
    const { endpoint, limits, permits, queueTimeoutMs } = this.#options;
    await using stack = new AsyncDisposableStack();
    const start = performance.now();
    stack.use(await permits.acquire(queueTimeoutMs, signal));
    const waitedMs = Math.round(performance.now() - start);
    if (waitedMs > 10) trace.note('waited', `${waitedMs} ms for a free association with this archive`);
    const askedAtMs = performance.now() - start;
    trace.note('connecting', `${endpoint.calledAeTitle} at ${endpoint.host}:${endpoint.port}`);
    const association = await Association.open({ endpoint, contexts, limits, trace }, signal);
    stack.defer(() => association.end());
    const owned = stack.move();
    return { association, askedAtMs, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }
}

interface Lent extends AsyncDisposable {
  readonly association: Association;
  /** When the connection was begun, in milliseconds since the trace began. */
  readonly askedAtMs: number;
}

interface Run {
  count: number;
  cut: boolean;
}

interface AnswerOptions {
  readonly limit: number;
  readonly trace: TraceLines;
  readonly run: Run;
  readonly signal: AbortSignal;
}

function* linesOf(trace: TraceLines): Generator<ProbeEvent, void, undefined> {
  const lines = trace.take();
  if (lines.length > 0) yield { type: 'trace', lines };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
