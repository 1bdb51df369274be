import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const css = await readFile(new URL('../../renderer/styles/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6})\w*, (#[\da-f]{6})/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);
const grounds = ['ground', 'surface', 'surface-raised', 'surface-hover', 'surface-selected'];
const texts = ['text', 'text-muted', 'accent', 'accent-hover', 'good', 'warn', 'bad'];
const on: readonly (readonly [string, string])[] = [
  ...grounds.flatMap((ground) => texts.map((text) => [text, ground] as const)),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-bad', 'bad'],
  ['text', 'good-ground'],
  ['text', 'warn-ground'],
  ['text', 'bad-ground'],
  ['bad', 'bad-ground'],
  ['warn', 'warn-ground'],
  ['good', 'good-ground'],
];

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [high = 0, low = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function tooWeak(pairs: readonly (readonly [string, string])[], least: number): string[] {
  return pairs.flatMap(([front, back]) =>
    (['light', 'dark'] as const).flatMap((theme) => {
      const value = contrast(tokens.get(front)![theme], tokens.get(back)![theme]);
      return value >= least ? [] : [`${theme}: ${front} on ${back} ${value.toFixed(2)}`];
    }),
  );
}

describe('the colours', () => {
  it('of text are as distinct from their ground as WCAG AAA asks', () => {
    expect(tooWeak(on, 7)).toEqual([]);
  });

  it('of borders of controls are distinct enough', () => {
    expect(
      tooWeak(
        grounds.slice(0, 3).map((ground) => ['line-control', ground]),
        3,
      ),
    ).toEqual([]);
  });
});
