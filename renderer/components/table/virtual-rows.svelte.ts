import {
  type VirtualItem,
  Virtualizer,
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
} from '@tanstack/virtual-core';

/** Up to this many rows are all in the page: the browser finds text in them. */
const allUpTo = 200;
const beyondTheEdge = 12;

interface Options {
  /** Called once for each change: reads what it depends on. */
  readonly count: () => number;
  readonly rowHeight: number;
  readonly scroller: () => HTMLElement | undefined;
  /** A row that stays in the page wherever it is scrolled to, since it has the focus. */
  readonly kept: () => number | undefined;
}

/** Which rows of a long list are in the page. Make it while a component is made. */
export class VirtualRows {
  items: readonly VirtualItem[] = $state.raw([]);
  /** Of all rows, in pixels. */
  height = $state(0);
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  constructor({ count, rowHeight, scroller, kept }: Options) {
    const options = () => ({
      count: count(),
      getScrollElement: () => scroller() ?? null,
      estimateSize: () => rowHeight,
      overscan: beyondTheEdge,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        if (range.count <= allUpTo) return Array.from({ length: range.count }, (_, index) => index);
        const indexes = defaultRangeExtractor(range);
        const also = kept();
        if (also === undefined || also >= range.count || indexes.includes(also)) return indexes;
        return [...indexes, also].sort((a, b) => a - b);
      },
      onChange: () => this.#update(),
    });
    this.#virtualizer = new Virtualizer(options());
    $effect(() => this.#virtualizer._didMount());
    $effect.pre(() => {
      kept();
      scroller();
      this.#virtualizer.setOptions(options());
      this.#virtualizer._willUpdate();
      this.#virtualizer.measure();
    });
  }

  /** Scrolls so far that the row is seen. */
  show(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  #update(): void {
    this.items = this.#virtualizer.getVirtualItems();
    this.height = this.#virtualizer.getTotalSize();
  }
}
