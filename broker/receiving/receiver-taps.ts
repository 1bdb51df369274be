import type { ReceiverEvents } from './receiver.ts';

/** Who listens to some of what the receiving thread tells. */
export type ReceiverTap = Pick<ReceiverEvents, 'stored' | 'refused' | 'association'>;

/** Passes on what the receiving thread tells, also to those who listen for a while. */
export class ReceiverTaps implements ReceiverEvents {
  readonly #events: ReceiverEvents;
  readonly #taps = new Set<ReceiverTap>();

  constructor(events: ReceiverEvents) {
    this.#events = events;
  }

  /** Listens too, until the result is disposed of. */
  tap(tap: ReceiverTap): Disposable {
    this.#taps.add(tap);
    return { [Symbol.dispose]: () => void this.#taps.delete(tap) };
  }

  stored(...event: Parameters<ReceiverEvents['stored']>): void {
    this.#events.stored(...event);
    for (const tap of this.#taps) tap.stored(...event);
  }

  receiving(...event: Parameters<ReceiverEvents['receiving']>): void {
    this.#events.receiving(...event);
  }

  refused(...event: Parameters<ReceiverEvents['refused']>): void {
    this.#events.refused(...event);
    for (const tap of this.#taps) tap.refused(...event);
  }

  association(...event: Parameters<ReceiverEvents['association']>): void {
    this.#events.association(...event);
    for (const tap of this.#taps) tap.association(...event);
  }

  listening(): void {
    this.#events.listening();
  }

  crashed(error: Error): void {
    this.#events.crashed(error);
  }
}
