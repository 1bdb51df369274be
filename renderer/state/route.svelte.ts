/** Whether a screen may be left; asks the person where something would be lost. */
export type LeaveGuard = () => boolean | Promise<boolean>;

interface Place {
  /** The first part of the path: `cache` of `#/cache/MAIN/1.2.3?text=DOE`. */
  readonly screen: string;
  /** The other parts, decoded. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

/** Where the person is: the part of the address behind `#`. */
class Route {
  #hash = $state(location.hash);
  #guard: LeaveGuard | undefined;
  #mayLeave = false;
  readonly #place: Place = $derived(parse(this.#hash));

  constructor() {
    addEventListener('hashchange', () => void this.#moved());
    addEventListener('beforeunload', (event) => {
      if (this.#guard !== undefined) event.preventDefault();
    });
  }

  get screen(): string {
    return this.#place.screen;
  }

  get rest(): readonly string[] {
    return this.#place.rest;
  }

  get query(): URLSearchParams {
    return this.#place.query;
  }

  /** Goes to a place such as `/cache/MAIN`. */
  go(path: string): void {
    location.hash = `#${path}`;
  }

  /**
   * Has the guard asked before another place is shown. Set it while there are changes that would be lost: the
   * browser asks too, before the page is closed. Call the result to take it away.
   */
  guard(guard: LeaveGuard): () => void {
    this.#guard = guard;
    return () => {
      if (this.#guard === guard) this.#guard = undefined;
    };
  }

  async #moved(): Promise<void> {
    const wanted = location.hash;
    if (wanted === this.#hash) return;
    if (this.#guard !== undefined && !this.#mayLeave) {
      // The address goes back until the answer is known.
      history.replaceState(null, '', this.#hash === '' ? '#/' : this.#hash);
      if (!(await this.#guard())) return;
      this.#guard = undefined;
      this.#mayLeave = true;
      location.hash = wanted;
      return;
    }
    this.#mayLeave = false;
    this.#hash = wanted;
  }
}

function parse(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [screen = '', ...rest] = path.split('/').map(decoded);
  return { screen: screen === '' ? 'overview' : screen, rest, query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = new Route();
