/**
 * Runs `work` on the items, at most `limit` at a time, and yields the results in the items' order.
 * The first failure ends it, after what was under way has settled.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const running: Promise<Result>[] = [];
  try {
    for (const item of items) {
      const next = work(item);
      // A failure is reported when its turn comes; until then it must not count as unhandled.
      next.catch(() => undefined);
      running.push(next);
      const oldest = running.length >= limit ? running.shift() : undefined;
      if (oldest !== undefined) yield await oldest;
    }
    while (running.length > 0) {
      const oldest = running.shift();
      if (oldest !== undefined) yield await oldest;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
