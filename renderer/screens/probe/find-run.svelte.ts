import type { Trouble } from '../../../broker/control/contract/gateway-state.ts';
import type { ProbeEvent, ProbeQuery, TraceLine } from '../../../broker/control/contract/probe.ts';
import { api } from '../../api/client.ts';
import { isAbort, troubleOf } from '../../api/trouble-of.ts';
import type { QueriedAttribute } from './level-attributes.ts';

/** Lines of the trace that are kept. */
const keptLines = 2_000;

/** One answer: text by tag, with its place among the answers. */
export interface Answer {
  readonly at: number;
  readonly values: Readonly<Record<string, string>>;
}

/** One query and what has come of it. */
export class FindRun {
  state: 'idle' | 'running' | 'ended' | 'cancelled' = $state('idle');
  query: ProbeQuery | undefined = $state.raw();
  columns: readonly QueriedAttribute[] = $state.raw([]);
  answers: readonly Answer[] = $state.raw([]);
  /** There are more than were asked for. */
  isCut = $state(false);
  tookInMs: number | undefined = $state();
  trouble: Trouble | undefined = $state.raw();
  trace: readonly TraceLine[] = $state.raw([]);
  #running: AbortController | undefined;

  async start(query: ProbeQuery, columns: readonly QueriedAttribute[]): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#clear(query, columns);
    const { signal } = running;
    try {
      for await (const event of await api.probe.find(query, { signal })) {
        if (signal.aborted) return;
        this.#take(event);
      }
      if (this.state === 'running' && !signal.aborted) this.#fail(brokenOff);
    } catch (error) {
      if (this.#running === running && !signal.aborted && !isAbort(error)) this.#fail(troubleOf(error));
    }
  }

  /** Stops asking; what has come stays. */
  cancel(): void {
    this.#running?.abort();
    if (this.state === 'running') this.state = 'cancelled';
  }

  #clear(query: ProbeQuery, columns: readonly QueriedAttribute[]): void {
    this.state = 'running';
    this.query = query;
    this.columns = columns;
    this.answers = [];
    this.isCut = false;
    this.tookInMs = undefined;
    this.trouble = undefined;
    this.trace = [];
  }

  #take(event: ProbeEvent): void {
    switch (event.type) {
      case 'trace':
        this.trace = [...this.trace, ...event.lines].slice(-keptLines);
        break;
      case 'answers': {
        const before = this.answers.length;
        const added = event.answers.map((values, index) => ({ at: before + index, values }));
        this.answers = [...this.answers, ...added];
        break;
      }
      case 'end':
        this.state = 'ended';
        this.isCut = event.cut;
        this.tookInMs = event.tookInMs;
        this.trouble = event.trouble;
        break;
    }
  }

  #fail(trouble: Trouble): void {
    this.state = 'ended';
    this.trouble = trouble;
  }
}

const brokenOff: Trouble = {
  message: 'The gateway ended the query without saying how it went.',
  remedy: 'Try again; the log says what happened.',
};
