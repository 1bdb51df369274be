import type { ByteWindow } from './byte-window.ts';
import type { Layout } from './element-handler.ts';
import { ElementHeader, longestHeader } from './element-header.ts';

/** Reads element headers wherever they stand in a data set, of which a window is in memory. */
export class WindowedHeader extends ElementHeader {
  readonly #window: ByteWindow;

  constructor(window: ByteWindow, layout: Layout) {
    super(layout);
    this.#window = window;
  }

  /** Reads the header at byte `at` of the data set; false where its bytes, up to `end`, are not all there. */
  readAt(at: number, end: number): boolean {
    const window = this.#window;
    window.load(at, longestHeader);
    const last = Math.min(end - window.base, window.view.byteLength);
    return this.read(window.view, at - window.base, last);
  }
}
