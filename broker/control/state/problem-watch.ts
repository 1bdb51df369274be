import { formatStatus } from '../../domain/dimse-status.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { ComponentHealth } from '../../observe/health.ts';
import type { ProblemBook } from '../../observe/problem-book.ts';
import type { JobProgress } from '../../retrieval/job-progress.ts';
import type { GatewayLifecycle, GatewayParts } from '../control-services.ts';

/** Retrievals that end so have no problem that a person could mend. */
const noProblems: ReadonlySet<ErrorCode> = new Set(['not-found', 'cancelled']);

/** Writes down what the parts of the gateway report, whichever parts they are at the time. */
export class ProblemWatch {
  readonly #lifecycle: GatewayLifecycle;
  readonly #problems: ProblemBook;
  #watched: Pick<GatewayParts, 'health' | 'retrieval'> | undefined;
  #offs: (() => void)[] = [];

  constructor(lifecycle: GatewayLifecycle, problems: ProblemBook) {
    this.#lifecycle = lifecycle;
    this.#problems = problems;
  }

  /** Goes over to the parts that there are now. */
  follow(): void {
    const { phase, phaseReasons, parts } = this.#lifecycle;
    if (phase === 'failed') {
      for (const reason of phaseReasons) this.#problems.report({ ...reason, component: 'gateway' });
    } else if (phase === 'running') {
      this.#problems.worksAgain('gateway');
    }
    if (parts?.health === this.#watched?.health && parts?.retrieval === this.#watched?.retrieval) return;
    this.stop();
    this.#watched = parts;
    if (parts === undefined) return;
    for (const component of parts.health.summary().components) this.#reported(component);
    this.#offs = [
      parts.health.onReport((health) => {
        this.#reported(health);
      }),
      parts.retrieval.onEnded((progress) => {
        this.#ended(progress);
      }),
    ];
  }

  stop(): void {
    for (const off of this.#offs) off();
    this.#offs = [];
    this.#watched = undefined;
  }

  #reported({ component, state, reason, remedy, code, dimseStatus }: ComponentHealth): void {
    if (state === 'working') this.#problems.worksAgain(component);
    else if (reason !== undefined)
      this.#problems.report({ component, message: reason, remedy, code, dimseStatus });
  }

  #ended({ archive, state, error }: JobProgress): void {
    const component = `retrievals from ${archive}`;
    if (state === 'complete') this.#problems.worksAgain(component);
    if (state === 'complete' || error === undefined || noProblems.has(error.code)) return;
    const { message, remedy, code, dimseStatus } = error;
    this.#problems.report({
      component,
      message,
      remedy,
      code,
      dimseStatus: dimseStatus === undefined ? undefined : formatStatus(dimseStatus),
    });
  }
}
