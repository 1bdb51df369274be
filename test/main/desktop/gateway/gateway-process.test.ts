import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayStart, HostQuestion } from '../../../../main/desktop/gateway/gateway-messages.ts';
import { GatewayProcess } from '../../../../main/desktop/gateway/gateway-process.ts';
import { ScriptedChild } from './scripted-child.ts';

const start: GatewayStart = {
  home: '/home/gateway',
  token: 'secret',
  secretKey: undefined,
  interfaceDirectory: '/dist/renderer',
  defaults: {},
  abilities: {
    kind: 'desktop',
    canChooseFolder: true,
    canOpenFolder: true,
    canStartAtLogin: true,
    startsAtLogin: false,
    canCheckForUpdates: false,
  },
};

function gateway(answer: (question: HostQuestion) => Promise<string | undefined> = async () => undefined) {
  const children: ScriptedChild[] = [];
  const fork = () => {
    const child = new ScriptedChild();
    children.push(child);
    return child;
  };
  const process = new GatewayProcess({ fork, start: () => start, answer });
  return { process, children, last: () => children.at(-1)! };
}

describe('GatewayProcess', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('hands over what the gateway starts with, and runs when it says where it is', () => {
    const { process, last } = gateway();
    process.start();
    expect(last().received).toEqual([{ type: 'start', start }]);
    expect(process.condition).toEqual({ is: 'starting' });
    last().tell({ type: 'ready', url: 'http://127.0.0.1:5000/' });
    expect(process.condition).toEqual({ is: 'running', url: 'http://127.0.0.1:5000/' });
  });

  it('starts it again after a delay when it ends by itself, and tells why it ended', () => {
    const { process, children, last } = gateway();
    process.start();
    last().tell({ type: 'ready', url: 'http://127.0.0.1:5000/' });
    last().end(134);
    expect(process.condition).toMatchObject({
      is: 'failed',
      fault: { message: 'Its process has ended (exit code 134).' },
    });
    vi.advanceTimersByTime(999);
    expect(children).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(children).toHaveLength(2);
    expect(process.condition).toEqual({ is: 'starting' });
  });

  it('waits longer each time, and as little as at first after it has run for ten minutes', () => {
    const { process, last } = gateway();
    const waits: number[] = [];
    process.onChange(() => {
      const { condition } = process;
      if (condition.is === 'failed') waits.push(condition.restartAt.getTime() - Date.now());
    });
    process.start();
    for (const ranForMs of [1, 1, 1, 600_000]) {
      last().tell({ type: 'ready', url: 'http://127.0.0.1:5000/' });
      vi.advanceTimersByTime(ranForMs);
      last().end(1);
      vi.advanceTimersByTime(60_000);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 1_000]);
  });

  it('tells the reason that the gateway gave itself', () => {
    const { process, last } = gateway();
    process.start();
    last().tell({ type: 'failed', message: 'The port is taken.', remedy: 'Choose another one.' });
    last().end(1);
    expect(process.condition).toMatchObject({
      fault: { message: 'The port is taken.', remedy: 'Choose another one.' },
    });
  });

  it('starts it at once when somebody does not want to wait for the delay, and only once', () => {
    const { process, children, last } = gateway();
    process.start();
    last().end(1);
    process.start();
    expect(children).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(children).toHaveLength(2);
  });

  it('ends one that never says that it is ready', () => {
    const { process, last } = gateway();
    process.start();
    vi.advanceTimersByTime(120_000);
    expect(last().kills).toBe(1);
    expect(process.condition).toMatchObject({
      fault: { message: 'It did not start within two minutes.' },
    });
  });

  it('does not start it again when it was asked to stop', async () => {
    const { process, children, last } = gateway();
    process.start();
    const stopped = process.stop();
    expect(last().received.at(-1)).toEqual({ type: 'stop' });
    last().end(0);
    await stopped;
    vi.advanceTimersByTime(120_000);
    expect(children).toHaveLength(1);
    expect(process.condition).toEqual({ is: 'stopped' });
  });

  it('ends it by force when it does not stop', async () => {
    const { process, last } = gateway();
    process.start();
    const stopped = process.stop();
    vi.advanceTimersByTime(14_999);
    expect(last().kills).toBe(0);
    vi.advanceTimersByTime(1);
    await stopped;
    expect(last().kills).toBe(1);
  });

  it('restarts once, after the old one is gone, also when it is asked twice', async () => {
    const { process, children, last } = gateway();
    process.start();
    const restarted = Promise.all([process.restart(), process.restart()]);
    expect(children).toHaveLength(1);
    last().end(0);
    await restarted;
    expect(children).toHaveLength(2);
    expect(process.condition).toEqual({ is: 'starting' });
  });

  it('answers what the gateway asks, and says where it cannot', async () => {
    const { process, last } = gateway((question) =>
      question.what === 'choose-folder' ? Promise.resolve('/chosen') : Promise.reject(new Error('No.')),
    );
    process.start();
    last().tell({ type: 'question', id: 1, question: { what: 'choose-folder', startAt: undefined } });
    last().tell({ type: 'question', id: 2, question: { what: 'open-folder', path: '/x' } });
    await vi.waitFor(() => {
      expect(last().received.slice(1)).toEqual([
        { type: 'answer', id: 1, path: '/chosen' },
        { type: 'refusal', id: 2, message: 'No.' },
      ]);
    });
  });
});
