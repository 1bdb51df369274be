import {
  type Range,
  type VirtualItem,
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
} from '@tanstack/virtual-core';

/** Up to this many rows are all in the page: the browser finds text in them. */
const allRowsUpTo = 200;
/** Rows in the page above and below those that are seen. */
const rowsBeyond = 8;

interface Options {
  readonly count: () => number;
  /** In pixels. */
  readonly rowHeight: number;
  /** Of the part that is seen, in pixels. */
  readonly pageHeight: () => number;
  readonly scroller: () => HTMLElement | undefined;
  /** A row that stays in the page wherever it is scrolled to, since it has the focus. */
  readonly kept: () => number | undefined;
}

/**
 * Which rows of a long list are in the page: always equally many, so that the elements of a row that leaves are
 * used for one that comes; making new ones is what makes scrolling slow. Make it while a component is made.
 */
export class VirtualRows {
  items: readonly VirtualItem[] = $state.raw([]);
  /** Of all rows, in pixels. */
  height = $state(0);
  readonly #options: Options;
  readonly #slots: number;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  constructor(options: Options) {
    this.#options = options;
    this.#slots = $derived(
      options.count() <= allRowsUpTo
        ? allRowsUpTo
        : Math.ceil(options.pageHeight() / options.rowHeight) + 1 + 2 * rowsBeyond,
    );
    this.#virtualizer = new Virtualizer(this.#virtualizerOptions());
    $effect(() => this.#virtualizer._didMount());
    $effect.pre(() => {
      options.kept();
      options.scroller();
      this.#virtualizer.setOptions(this.#virtualizerOptions());
      this.#virtualizer._willUpdate();
      this.#virtualizer.measure();
    });
  }

  /** The elements that a row uses; the row that has the focus never gives its own away. */
  slotOf(index: number): number {
    const slot = index % this.#slots;
    const kept = this.#options.kept();
    return kept !== undefined && index !== kept && slot === kept % this.#slots ? this.#slots : slot;
  }

  /** Scrolls so far that the row is seen. */
  show(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  #virtualizerOptions() {
    const { count, rowHeight, scroller } = this.#options;
    const slots = this.#slots;
    return {
      count: count(),
      getScrollElement: () => scroller() ?? null,
      estimateSize: () => rowHeight,
      overscan: rowsBeyond,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      rangeExtractor: (range: Range) => this.#indexes(range, slots),
      onChange: () => this.#update(),
    };
  }

  #indexes({ startIndex, count }: Range, slots: number): number[] {
    const first = Math.max(0, Math.min(startIndex - rowsBeyond, count - slots));
    const indexes = Array.from({ length: Math.min(slots, count) }, (_, index) => first + index);
    const kept = this.#options.kept();
    if (kept !== undefined && kept < count && !indexes.includes(kept)) indexes.push(kept);
    return indexes;
  }

  #update(): void {
    this.items = this.#virtualizer.getVirtualItems();
    this.height = this.#virtualizer.getTotalSize();
  }
}
