import { describe, expect, it } from 'vitest';
import { reconnectDelay } from '../../renderer/state/reconnect-delay.ts';

describe('the wait before connecting again', () => {
  it('grows with each attempt up to a limit', () => {
    expect([1, 2, 3, 4].map(reconnectDelay)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(reconnectDelay(1_000)).toBe(15_000);
  });
});
