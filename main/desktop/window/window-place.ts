import type { Rectangle } from 'electron';

/** Where the window is on the screens, as it is kept from one start to the next. */
export interface WindowPlace {
  readonly bounds: Rectangle;
  readonly isMaximized: boolean;
}

const usualSize = { width: 1280, height: 840 };
/** So much of a window must be on a screen that it can be seen and moved. */
const leastVisible = { width: 200, height: 80 };

/**
 * Size and position for a new window: those that were kept, where they are still on a screen (one may have
 * been unplugged), else the usual size in the middle.
 * @param workAreas of the screens that are there
 */
export function windowBounds(
  kept: WindowPlace | undefined,
  workAreas: readonly Rectangle[],
): { width: number; height: number; x?: number; y?: number } {
  if (kept === undefined) return usualSize;
  const { x, y, width, height } = kept.bounds;
  return workAreas.some((area) => isVisibleIn(area, kept.bounds))
    ? { x, y, width, height }
    : { width, height };
}

function isVisibleIn(area: Rectangle, bounds: Rectangle): boolean {
  const width = Math.min(area.x + area.width, bounds.x + bounds.width) - Math.max(area.x, bounds.x);
  const height = Math.min(area.y + area.height, bounds.y + bounds.height) - Math.max(area.y, bounds.y);
  // The title bar is what a window is moved by.
  return width >= leastVisible.width && height >= leastVisible.height && bounds.y >= area.y;
}
