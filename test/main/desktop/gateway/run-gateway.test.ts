import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { BrokerError } from '../../../../broker/domain/errors.ts';
import type {
  FromGateway,
  GatewayStart,
  ToGateway,
} from '../../../../main/desktop/gateway/gateway-messages.ts';
import { runGateway, type StartedGateway } from '../../../../main/desktop/gateway/run-gateway.ts';

const start = { token: 'secret', abilities: { kind: 'desktop' } } as GatewayStart;

function run(startGateway: () => Promise<StartedGateway>) {
  const sent: FromGateway[] = [];
  const port = Object.assign(new EventEmitter(), {
    postMessage: (message: FromGateway) => void sent.push(message),
  });
  const exit = vi.fn();
  runGateway({ port, startGateway, exit });
  return { sent, exit, receive: (data: ToGateway) => port.emit('message', { data }) };
}

describe('runGateway', () => {
  it('tells where the gateway is once it has started', async () => {
    const { sent, receive } = run(async () => ({ url: 'http://127.0.0.1:1/', stop: async () => undefined }));
    receive({ type: 'start', start });
    await vi.waitFor(() => {
      expect(sent).toEqual([{ type: 'ready', url: 'http://127.0.0.1:1/' }]);
    });
  });

  it('tells why it could not start, with what to do, and ends', async () => {
    const error = new BrokerError('configuration', 'The port is taken.', { remedy: 'Take another.' });
    const { sent, exit, receive } = run(() => Promise.reject(error));
    receive({ type: 'start', start });
    await vi.waitFor(() => {
      expect(exit).toHaveBeenCalledWith(1);
    });
    expect(sent).toEqual([{ type: 'failed', message: 'The port is taken.', remedy: 'Take another.' }]);
  });

  it('stops the gateway before it ends', async () => {
    const steps: string[] = [];
    const { exit, receive } = run(async () => ({
      url: 'http://127.0.0.1:1/',
      stop: async () => void steps.push('stopped'),
    }));
    exit.mockImplementation((code) => steps.push(`exit ${String(code)}`));
    receive({ type: 'start', start });
    receive({ type: 'stop' });
    await vi.waitFor(() => {
      expect(steps).toEqual(['stopped', 'exit 0']);
    });
  });

  it('ends also when it is stopped before it was started', async () => {
    const { exit, receive } = run(() => Promise.reject(new Error('not called')));
    receive({ type: 'stop' });
    await vi.waitFor(() => {
      expect(exit).toHaveBeenCalledWith(0);
    });
  });
});
