type Decide<Answer> = (answer: Answer) => void;
type BeforeRequest = (details: { url: string }, decide: Decide<{ cancel: boolean }>) => void;

/** Keeps what is set; requests are asked about, permissions are not: Chromium here has its own. */
class Session {
  #beforeRequest: BeforeRequest | undefined;
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest): void => void (this.#beforeRequest = listener),
  };

  setPermissionRequestHandler(): void {
    // Nobody asks for any.
  }

  setPermissionCheckHandler(): void {
    // Nobody asks for any.
  }

  setDevicePermissionHandler(): void {
    // There are no devices.
  }

  isCancelled(url: string): boolean {
    let cancelled = false;
    this.#beforeRequest?.({ url }, ({ cancel }) => (cancelled = cancel));
    return cancelled;
  }
}

const sessions = new Map<string, Session>();

export const session = {
  fromPartition(partition: string): Session {
    const existing = sessions.get(partition) ?? new Session();
    sessions.set(partition, existing);
    return existing;
  },
};
