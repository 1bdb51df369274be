export interface BatchOptions {
  readonly most: number;
  /** A batch is given out after so long, also an empty one: its receiver may have other things to tell. */
  readonly withinMs: number;
  /** Ends the source's wait, where the batches are left early. */
  readonly stop: () => void;
}

const ticked = Symbol('the time is up');

/**
 * What a source yields, some at a time and without delay. Where the source fails, what came before is given
 * out first. The source has ended when this has.
 */
export async function* inBatches<T>(
  source: AsyncGenerator<T, void, undefined>,
  { most, withinMs, stop }: BatchOptions,
): AsyncGenerator<T[], void, undefined> {
  let next = nextOf(source);
  try {
    for (;;) {
      const batch: T[] = [];
      const clock = Promise.withResolvers<typeof ticked>();
      const timer = setTimeout(() => {
        clock.resolve(ticked);
      }, withinMs);
      let end: { readonly error: unknown } | 'done' | undefined;
      while (batch.length < most && end === undefined) {
        const outcome = await Promise.race([next, clock.promise]);
        if (outcome === ticked) break;
        if ('error' in outcome) end = outcome;
        else if (outcome.done === true) end = 'done';
        else {
          batch.push(outcome.value);
          next = nextOf(source);
        }
      }
      clearTimeout(timer);
      if (batch.length > 0 || end === undefined) yield batch;
      if (end === 'done') return;
      if (end !== undefined) throw end.error;
    }
  } finally {
    stop();
    await next;
    await source.return();
  }
}

/** A failure waits to be looked at: nobody may be waiting for it at that moment. */
function nextOf<T>(
  source: AsyncGenerator<T, void, undefined>,
): Promise<IteratorResult<T, void> | { readonly error: unknown }> {
  return source.next().catch((error: unknown) => ({ error }));
}
