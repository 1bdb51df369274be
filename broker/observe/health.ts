/** How well a part of the gateway does its work, from well to badly. */
export const healthStates = ['working', 'limited', 'not-working'] as const;
export type HealthState = (typeof healthStates)[number];

/** What a component says about itself. */
export interface HealthReport {
  readonly state: HealthState;
  /** What is wrong, as a full sentence; absent where it works. */
  readonly reason?: string | undefined;
  /** What a person can do about it, as full sentences. */
  readonly remedy?: string | undefined;
  /** The error's code, where it is one. */
  readonly code?: string | undefined;
  /** As it is written in the standard: 0xA801. */
  readonly dimseStatus?: string | undefined;
  /** Since when it is so; the time of the report where absent. */
  readonly since?: Date | undefined;
}

/** A component's state as it is shown; `since` is in ISO 8601, UTC. */
export interface ComponentHealth {
  readonly component: string;
  readonly state: HealthState;
  readonly reason?: string;
  readonly remedy?: string;
  readonly code?: string;
  readonly dimseStatus?: string;
  readonly since: string;
}

export interface HealthSummary {
  /** The worst state of any component; `not-working` while none has reported. */
  readonly state: HealthState;
  readonly components: readonly ComponentHealth[];
}

/** The states that components last reported, for the health route and the user interface. */
export class HealthBoard {
  readonly #components = new Map<string, ComponentHealth>();
  readonly #listeners = new Set<(health: ComponentHealth) => void>();
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /**
   * Takes down a component's state. As long as its state and reason stay the same it keeps the time of its
   * first report, so that a failure which is found again every few seconds shows how long it has lasted.
   * @param component name of a fixed part (`store SCP`, `archive MAIN`), never anything a peer sent
   */
  report(component: string, report: HealthReport): void {
    const { state, reason, remedy, code, dimseStatus } = report;
    const before = this.#components.get(component);
    const lasts = before?.state === state && before.reason === reason;
    const since = report.since?.toISOString() ?? (lasts ? before.since : this.#now().toISOString());
    const health = {
      component,
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(remedy === undefined ? {} : { remedy }),
      ...(code === undefined ? {} : { code }),
      ...(dimseStatus === undefined ? {} : { dimseStatus }),
      since,
    };
    this.#components.set(component, health);
    for (const listener of this.#listeners) listener(health);
  }

  /** Calls `listener` with each report; the result takes it off again. */
  onReport(listener: (health: ComponentHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Takes off a component that is no more. */
  forget(component: string): void {
    this.#components.delete(component);
  }

  /** All components in the order in which they first reported, and the worst of their states. */
  summary(): HealthSummary {
    const components = [...this.#components.values()];
    const worst = Math.max(...components.map(({ state }) => healthStates.indexOf(state)));
    return { state: healthStates[worst] ?? 'not-working', components };
  }
}
