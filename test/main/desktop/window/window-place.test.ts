import { describe, expect, it } from 'vitest';
import { windowBounds } from '../../../../main/desktop/window/window-place.ts';

const screens = [
  { x: 0, y: 25, width: 1920, height: 1055 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
];

function kept(x: number, y: number) {
  return { bounds: { x, y, width: 1000, height: 700 }, isMaximized: false };
}

describe('windowBounds', () => {
  it('is the usual size where nothing was kept', () => {
    expect(windowBounds(undefined, screens)).toEqual({ width: 1280, height: 840 });
  });

  it('is the kept place where a screen shows it', () => {
    expect(windowBounds(kept(1900, 100), screens)).toEqual({ x: 1900, y: 100, width: 1000, height: 700 });
  });

  it.each([
    ['right of all screens', 3150, 100],
    ['left of all screens', -900, 100],
    ['with its title bar above the screen', 100, 0],
  ])('keeps only the size of a window that would be %s', (_where, x, y) => {
    expect(windowBounds(kept(x, y), screens)).toEqual({ width: 1000, height: 700 });
  });
});
