const storageKey = 'dcmrs-broker.token';

/** The token of this window, and whether the gateway takes it. */
class Session {
  /** '' where there is none. */
  token = $state('');
  /** Why a token is asked for again; undefined where none was refused. */
  refusal: string | undefined = $state();

  constructor() {
    this.token = this.#takeFromUrl() ?? sessionStorage.getItem(storageKey) ?? '';
    if (this.token !== '') sessionStorage.setItem(storageKey, this.token);
    // A link with a token that is opened where this page is open already loads nothing anew. Caught on the way
    // down: whoever reads the address finds it without the token.
    addEventListener('hashchange', () => this.#takeNewFromUrl(), { capture: true });
  }

  readonly isSignedIn = $derived(this.token !== '');

  signIn(token: string): void {
    this.token = token.trim();
    this.refusal = undefined;
    sessionStorage.setItem(storageKey, this.token);
  }

  /** Forgets the token, with the reason that the person is told. */
  refuse(reason: string): void {
    this.token = '';
    this.refusal = reason;
    sessionStorage.removeItem(storageKey);
  }

  #takeNewFromUrl(): void {
    const token = this.#takeFromUrl();
    if (token !== undefined) this.signIn(token);
  }

  /** The token that the host put behind the address, taken out of it: it must not be copied or kept with it. */
  #takeFromUrl(): string | undefined {
    const found = /^#token=([^&]*)/.exec(location.hash);
    if (found?.[1] === undefined) return undefined;
    history.replaceState(null, '', `${location.pathname}${location.search}#/overview`);
    return decodeURIComponent(found[1]);
  }
}

export const session = new Session();
