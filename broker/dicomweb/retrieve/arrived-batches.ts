/**
 * What an asynchronous source gives, in batches: whatever is there without waiting, up to `limit`, so
 * that the first is not held up by the next and many do not cost one turn each.
 * @throws what the source throws, after what it gave before
 */
export async function* arrivedBatches<T>(
  source: AsyncGenerator<T, void, undefined>,
  limit: number,
): AsyncGenerator<T[], void, undefined> {
  let next = source.next();
  try {
    for (;;) {
      const first = await next;
      if (first.done === true) return;
      const batch = [first.value];
      next = source.next();
      next.catch(() => undefined);
      while (batch.length < limit) {
        const following = await Promise.race([next.catch(() => undefined), turn()]);
        if (following === undefined || following.done === true) break;
        batch.push(following.value);
        next = source.next();
        next.catch(() => undefined);
      }
      yield batch;
    }
  } finally {
    // Settles when the read that is under way does: the source ends with the signal of its request.
    void source.return().catch(() => undefined);
  }
}

/** Settles after everything that needs no input has had its turn. */
function turn(): Promise<undefined> {
  return new Promise((resolve) => {
    setImmediate(() => {
      resolve(undefined);
    });
  });
}
