import { describe, expect, it } from 'vitest';
import { wordOfGateway } from '../../renderer/frame/health-words.ts';
import { scriptedState } from '../support/control/scripted-state.ts';

const working = scriptedState();

describe('the word for the state of the gateway', () => {
  it('is that of the worst part while it runs', () => {
    expect(wordOfGateway(working)).toEqual({ word: 'Working', mark: 'good' });
    const limited = { ...working, health: { ...working.health, state: 'limited' as const } };
    expect(wordOfGateway(limited)).toEqual({ word: 'Limited', mark: 'warn' });
  });

  it('is that of its phase otherwise', () => {
    expect(wordOfGateway({ ...working, phase: 'unconfigured' }).word).toBe('Not set up');
    expect(wordOfGateway({ ...working, phase: 'starting' }).word).toBe('Starting');
    expect(wordOfGateway({ ...working, phase: 'failed' }).word).toBe('Not working');
  });

  it('says where nothing is known yet, and why', () => {
    expect(wordOfGateway(undefined).word).toBe('Connecting');
    expect(wordOfGateway(undefined, true).word).toBe('Not connected');
  });
});
