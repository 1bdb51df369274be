/** What listeners are told, as an async iterator; ends, and takes the listener off, with the signal. */
export async function* queued<Item>(
  listen: (push: (item: Item) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  const waiting: Item[] = [];
  let wake: () => void = () => undefined;
  const stop = listen((item) => {
    waiting.push(item);
    wake();
  });
  const leave = () => {
    wake();
  };
  signal?.addEventListener('abort', leave);
  try {
    while (signal?.aborted !== true) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener('abort', leave);
    stop();
  }
}
