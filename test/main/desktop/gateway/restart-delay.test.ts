import { describe, expect, it } from 'vitest';
import { RestartDelay } from '../../../../main/desktop/gateway/restart-delay.ts';

describe('RestartDelay', () => {
  it('doubles from a second to a minute and stays there', () => {
    const delay = new RestartDelay();
    const delays = Array.from({ length: 8 }, () => delay.afterRun(0));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('begins anew after a run of ten minutes', () => {
    const delay = new RestartDelay();
    delay.afterRun(0);
    delay.afterRun(599_999);
    expect(delay.afterRun(600_000)).toBe(1_000);
  });
});
