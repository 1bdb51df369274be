import { describe, expect, it } from 'vitest';
import { HealthBoard } from '../../../broker/observe/health.ts';

function board() {
  const clock = { now: new Date('2026-01-01T00:00:00Z') };
  return { clock, health: new HealthBoard(() => clock.now) };
}

describe('HealthBoard', () => {
  it('is not working before anything has reported', () => {
    expect(board().health.summary()).toEqual({ state: 'not-working', components: [] });
  });

  it('is as well as its worst component', () => {
    const { health } = board();
    health.report('store SCP', { state: 'working' });
    expect(health.summary().state).toBe('working');
    health.report('cache', { state: 'limited', reason: 'The disk is nearly full.' });
    expect(health.summary().state).toBe('limited');
    health.report('archive MAIN', {
      state: 'not-working',
      reason: 'It does not answer.',
      remedy: 'Start it.',
    });
    expect(health.summary().state).toBe('not-working');
    health.report('archive MAIN', { state: 'working' });
    expect(health.summary().components).toEqual([
      { component: 'store SCP', state: 'working', since: '2026-01-01T00:00:00.000Z' },
      {
        component: 'cache',
        state: 'limited',
        reason: 'The disk is nearly full.',
        since: '2026-01-01T00:00:00.000Z',
      },
      { component: 'archive MAIN', state: 'working', since: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  it('keeps the time since which a state lasts', () => {
    const { health, clock } = board();
    const since = () => health.summary().components[0]?.since;
    health.report('archive MAIN', { state: 'not-working', reason: 'It does not answer.' });
    clock.now = new Date('2026-01-01T00:01:00Z');
    health.report('archive MAIN', { state: 'not-working', reason: 'It does not answer.' });
    expect(since()).toBe('2026-01-01T00:00:00.000Z');
    health.report('archive MAIN', { state: 'not-working', reason: 'It refuses us.' });
    expect(since()).toBe('2026-01-01T00:01:00.000Z');
    health.report('archive MAIN', { state: 'working', since: new Date('2025-12-31T23:00:00Z') });
    expect(since()).toBe('2025-12-31T23:00:00.000Z');
  });
});
