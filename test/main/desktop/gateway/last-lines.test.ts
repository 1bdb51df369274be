import { describe, expect, it } from 'vitest';
import { LastLines } from '../../../../main/desktop/gateway/last-lines.ts';

describe('LastLines', () => {
  it('keeps the end of what came, however much it is', () => {
    const lines = new LastLines();
    for (let number = 0; number < 1_000; number += 1) lines.add(Buffer.from(`line ${number}\n`));
    expect(lines.text).toMatch(/line 998\nline 999$/);
    expect(lines.text.length).toBeLessThanOrEqual(2_000);
  });
});
