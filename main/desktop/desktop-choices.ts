import * as z from 'zod';
import type { WindowPlace } from './window/window-place.ts';

const rectangle = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) });

/** What the desktop itself keeps; settings of the gateway are in its own settings store. */
const choices = {
  window: z.object({ bounds: rectangle, isMaximized: z.boolean() }).optional(),
  updates: z
    .object({
      /** Looks for updates once a day. */
      automatic: z.boolean().default(false),
      /** Where updates are published: https only. */
      feedUrl: z.string().max(2_000).default(''),
    })
    .prefault({}),
};

/** As much of electron-store as is used. */
export interface ChoiceStore {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export type UpdateChoices = z.infer<typeof choices.updates>;

/** The desktop's own choices. An entry that somebody has damaged counts as not there. */
export class DesktopChoices {
  readonly #store: ChoiceStore;

  constructor(store: ChoiceStore) {
    this.#store = store;
  }

  get window(): WindowPlace | undefined {
    return choices.window.safeParse(this.#store.get('window')).data;
  }

  keepWindow(place: WindowPlace): void {
    this.#store.set('window', place);
  }

  /** True where the person was told that closing the window leaves the gateway running. */
  get toldOfBackground(): boolean {
    return this.#store.get('toldOfBackground') === true;
  }

  rememberTold(): void {
    this.#store.set('toldOfBackground', true);
  }

  get updates(): UpdateChoices {
    const { data } = choices.updates.safeParse(this.#store.get('updates'));
    return data ?? { automatic: false, feedUrl: '' };
  }
}
