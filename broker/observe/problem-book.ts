/** Something that went wrong, as its reporter says it. */
export interface ReportedProblem {
  /** The part that reports it, such as `archive MAIN`. */
  readonly component: string;
  readonly message: string;
  readonly remedy?: string | undefined;
  readonly code?: string | undefined;
  /** As it is written in the standard: 0xA801. */
  readonly dimseStatus?: string | undefined;
}

/** A problem as it is shown; times are in ISO 8601, UTC. */
export interface ShownProblem extends ReportedProblem {
  readonly id: string;
  /** When it was last seen. */
  readonly at: string;
  /** When its component worked again. */
  readonly endedAt?: string;
  /** How often it was seen without an end in between. */
  readonly count: number;
}

interface Entry {
  readonly id: string;
  readonly reported: ReportedProblem;
  at: number;
  endedAt: number | undefined;
  count: number;
}

const keptMs = 24 * 60 * 60_000;
const maxProblems = 200;
/** A message may quote what an archive says. */
const maxTextLength = 1_000;

/** What went wrong in the last 24 hours, at most 200 things; the same again and again is one. */
export class ProblemBook {
  readonly #now: () => number;
  /** In the order in which they were last seen. */
  readonly #entries = new Set<Entry>();
  #lastId = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  report(problem: ReportedProblem): void {
    const reported = {
      ...problem,
      message: problem.message.slice(0, maxTextLength),
      remedy: problem.remedy?.slice(0, maxTextLength),
    };
    const entry = this.#goingOn(reported) ?? {
      id: String((this.#lastId += 1)),
      reported,
      at: 0,
      endedAt: undefined,
      count: 0,
    };
    entry.at = this.#now();
    entry.count += 1;
    // To the end of the order.
    this.#entries.delete(entry);
    this.#entries.add(entry);
    const [oldest] = this.#entries;
    if (this.#entries.size > maxProblems && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** A component works: its problems are over. */
  worksAgain(component: string): void {
    for (const entry of this.#entries) {
      if (entry.reported.component === component) entry.endedAt ??= this.#now();
    }
  }

  /** The problems of the last 24 hours, the one that was seen last first. */
  list(): ShownProblem[] {
    const since = this.#now() - keptMs;
    for (const entry of this.#entries) if (entry.at < since) this.#entries.delete(entry);
    return [...this.#entries].reverse().map(({ id, reported, at, endedAt, count }) => ({
      ...reported,
      id,
      at: new Date(at).toISOString(),
      ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
      count,
    }));
  }

  #goingOn({ component, message, code }: ReportedProblem): Entry | undefined {
    for (const entry of this.#entries) {
      const { reported, endedAt } = entry;
      const isSame =
        reported.component === component && reported.message === message && reported.code === code;
      if (isSame && endedAt === undefined) return entry;
    }
    return undefined;
  }
}
