import { describe, expect, it } from 'vitest';
import { trayStatus } from '../../../main/desktop/tray.ts';
import { gatewayState } from './gateway-state.ts';

const running = { is: 'running', url: 'http://127.0.0.1:1/' } as const;
const since = '2026-01-01T00:00:00Z';

describe('trayStatus', () => {
  it('shows the health of a gateway that runs', () => {
    expect(trayStatus(running, gatewayState())).toEqual({ health: 'working', text: 'Working' });
  });

  it('names the part that is worst', () => {
    const health = {
      state: 'limited' as const,
      components: [
        { component: 'cache', state: 'working' as const, since },
        { component: 'archive MAIN', state: 'limited' as const, since },
      ],
    };
    expect(trayStatus(running, gatewayState({ health }))).toEqual({
      health: 'limited',
      text: 'Limited: archive MAIN',
    });
  });

  it('does not say that it works before it has said so itself', () => {
    expect(trayStatus(running, undefined)).toEqual({ health: 'limited', text: 'Starting' });
  });

  it('is not working while it is not set up', () => {
    expect(trayStatus(running, gatewayState({ phase: 'unconfigured' })).text).toBe('Not set up yet');
  });

  it('is not working after a crash, whatever was known before', () => {
    const fault = { message: 'It ended.', remedy: undefined, lastLines: '' };
    const condition = { is: 'failed', fault, restartAt: new Date() } as const;
    expect(trayStatus(condition, gatewayState()).health).toBe('not-working');
  });
});
