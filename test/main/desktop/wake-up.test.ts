import { describe, expect, it, vi } from 'vitest';
import type { GatewayState } from '../../../broker/control/contract/gateway-state.ts';
import type { ControlClient } from '../../../main/desktop/control-client.ts';
import { checkAfterSleep } from '../../../main/desktop/wake-up.ts';
import { gatewayState } from './gateway-state.ts';

const archive = { name: 'MAIN', aeTitle: 'PACS', host: 'pacs', port: 104, state: 'answers' as const };
const receiver = { aeTitle: 'BROKER', host: '0.0.0.0', port: 11112, listening: true, associations: 0 };

async function wakeUp(state: GatewayState | undefined) {
  const ask = vi.fn((_archive: { name: string }) => Promise.resolve());
  const get = () => (state === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(state));
  const client = { state: { get }, archives: { ask } } as unknown as ControlClient;
  const restartGateway = vi.fn(() => Promise.resolve());
  await checkAfterSleep({ client: () => client, restartGateway, log: () => undefined });
  return { asked: ask.mock.calls.map(([{ name }]) => name), restarts: restartGateway.mock.calls.length };
}

describe('checkAfterSleep', () => {
  it('asks each archive again where the gateway goes on', async () => {
    expect(await wakeUp(gatewayState({ archives: [archive], receiver }))).toEqual({
      asked: ['MAIN'],
      restarts: 0,
    });
  });

  it('starts a gateway again that does not listen any more', async () => {
    const state = gatewayState({ archives: [archive], receiver: { ...receiver, listening: false } });
    expect(await wakeUp(state)).toEqual({ asked: [], restarts: 1 });
  });

  it('starts a gateway again that does not answer', async () => {
    expect(await wakeUp(undefined)).toEqual({ asked: [], restarts: 1 });
  });

  it('leaves one alone that is not set up', async () => {
    expect(await wakeUp(gatewayState({ phase: 'unconfigured' }))).toEqual({ asked: [], restarts: 0 });
  });

  it('leaves it to the process that runs it where it does not run', async () => {
    const restartGateway = vi.fn(() => Promise.resolve());
    await checkAfterSleep({ client: () => undefined, restartGateway, log: () => undefined });
    expect(restartGateway).not.toHaveBeenCalled();
  });
});
