import { describe, expect, it, vi } from 'vitest';
import type { GatewayState } from '../../../broker/control/contract/gateway-state.ts';
import type { ControlClient } from '../../../main/desktop/control-client.ts';
import { watchState } from '../../../main/desktop/state-watch.ts';
import { gatewayState } from './gateway-state.ts';

function clientOf(events: () => AsyncGenerator): ControlClient {
  return { state: { events: () => Promise.resolve(events()) } } as unknown as ControlClient;
}

describe('watchState', () => {
  it('tells each state, and nothing else of the stream', async () => {
    const ended = new AbortController();
    const onBreak = vi.fn();
    const seen: GatewayState['phase'][] = [];
    const client = clientOf(async function* () {
      yield { type: 'state', state: gatewayState({ phase: 'starting' }) };
      yield { type: 'settings' };
      yield { type: 'state', state: gatewayState({ phase: 'running' }) };
      ended.abort();
    });
    await watchState({ client, onState: ({ phase }) => seen.push(phase), onBreak }, ended.signal);
    expect(onBreak).not.toHaveBeenCalled();
    expect(seen).toEqual(['starting', 'running']);
  });

  it('opens a stream again that broke', async () => {
    const ended = new AbortController();
    const onBreak = vi.fn();
    let streams = 0;
    const client = clientOf(async function* () {
      streams += 1;
      if (streams === 1) throw new Error('broken');
      yield { type: 'state', state: gatewayState() };
    });
    await watchState({ client, onState: () => ended.abort(), onBreak }, ended.signal);
    expect(streams).toBe(2);
    expect(onBreak).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'broken' }));
  });
});
