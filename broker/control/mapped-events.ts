/** An answer, its errors mapped also where it is a stream of events that fails in the middle. */
export function withMappedErrors(output: unknown, map: (thrown: unknown) => Error): unknown {
  return isAsyncIterator(output) ? new MappedEvents(output, map) : output;
}

type Events = AsyncIterator<unknown, unknown, unknown>;

function isAsyncIterator(output: unknown): output is Events {
  return (
    typeof output === 'object' &&
    output !== null &&
    Symbol.asyncIterator in output &&
    'next' in output &&
    typeof output.next === 'function'
  );
}

/**
 * No generator around the events: one that has not begun would end without ending what is within it, and one
 * that waits could not be ended from outside.
 */
class MappedEvents implements AsyncIterableIterator<unknown, unknown, unknown> {
  readonly #events: Events;
  readonly #map: (thrown: unknown) => Error;

  constructor(events: Events, map: (thrown: unknown) => Error) {
    this.#events = events;
    this.#map = map;
  }

  async next(): Promise<IteratorResult<unknown, unknown>> {
    try {
      return await this.#events.next();
    } catch (thrown) {
      throw this.#map(thrown);
    }
  }

  async return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return (await this.#events.return?.(value)) ?? { done: true, value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
