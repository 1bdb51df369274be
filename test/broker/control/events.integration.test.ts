import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlEvent } from '../../../broker/control/contract/events.ts';
import { type ScriptedServices, scriptedServices } from '../../support/control-services.ts';
import { type StartedControlServer, startControlServer } from '../../support/control-server.ts';

let services: ScriptedServices;
let started: StartedControlServer;

beforeAll(async () => {
  services = scriptedServices();
  started = await startControlServer(services);
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
  services.watch.stop();
});

interface Follower {
  /** The next event of that type. */
  next<Type extends ControlEvent['type']>(type: Type): Promise<Extract<ControlEvent, { type: Type }>>;
  leave(): void;
}

async function follow({ client }: StartedControlServer = started): Promise<Follower> {
  const leave = new AbortController();
  const events = await client.state.events(undefined, { signal: leave.signal });
  return {
    leave: () => {
      leave.abort();
    },
    next: async (type) => {
      for (;;) {
        const step = await events.next();
        if (step.done === true) throw new Error('The stream ended.');
        const event: ControlEvent = step.value;
        if (event.type === type) return event as Extract<ControlEvent, { type: typeof type }>;
      }
    },
  };
}

async function untilNobodyListens(): Promise<void> {
  await expect.poll(() => services.watch.listeners, { timeout: 10_000 }).toBe(0);
}

describe('the event stream', () => {
  test('begins with the state, and tells what becomes of it', async () => {
    services.lifecycle.set({ phase: 'running' });
    const follower = await follow();
    expect((await follower.next('state')).state).toMatchObject({ version: '1.2.3', phase: 'running' });
    services.lifecycle.set({ phase: 'failed', phaseReasons: [{ message: 'The port is taken.' }] });
    const told = await follower.next('state');
    expect(told.state).toMatchObject({
      phase: 'failed',
      phaseReasons: [{ message: 'The port is taken.' }],
      health: { state: 'not-working' },
      problems: [{ component: 'gateway', message: 'The port is taken.', count: 1 }],
    });
    services.lifecycle.set({ phase: 'running', phaseReasons: [] });
    expect((await follower.next('state')).state.problems[0]?.endedAt).toBeDefined();
    follower.leave();
    await untilNobodyListens();
  });

  test('tells each second what was received and sent, and that settings were saved', async () => {
    const follower = await follow();
    await follower.next('state');
    services.settings.changed();
    await follower.next('settings');
    expect((await follower.next('throughput')).sample).toMatchObject({ received: 0, sent: 0 });
    expect((await started.client.state.throughput()).length).toBeGreaterThan(0);
    follower.leave();
    await untilNobodyListens();
  });

  test('leaves nothing behind when clients go, also before the first event', async () => {
    const followers = await Promise.all(Array.from({ length: 20 }, () => follow()));
    await Promise.all(followers.slice(0, 10).map((follower) => follower.next('state')));
    expect(services.watch.listeners).toBeGreaterThanOrEqual(10);
    for (const follower of followers) follower.leave();
    await untilNobodyListens();
  });

  test('is there for fifty listeners; one more is told why not, and how to mend it', async () => {
    const followers = await Promise.all(Array.from({ length: 50 }, () => follow()));
    await Promise.all(followers.map((follower) => follower.next('state')));
    await expect(follow()).rejects.toMatchObject({ code: 'busy', status: 503 });
    await expect(started.client.log.follow({})).rejects.toMatchObject({ code: 'busy' });
    // What is no stream is answered as ever.
    expect((await started.client.state.get()).version).toBe('1.2.3');
    for (const follower of followers) follower.leave();
    await untilNobodyListens();
    const again = await follow();
    await again.next('state');
    again.leave();
    await untilNobodyListens();
  });

  test('is the same as REST, as text/event-stream', async () => {
    const leave = new AbortController();
    const answer = await fetch(`${started.url}api/events`, {
      headers: { authorization: `Bearer ${started.token}` },
      signal: leave.signal,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    for await (const bytes of answer.body ?? []) {
      text += Buffer.from(bytes).toString();
      if (text.includes('"type":"state"')) break;
    }
    expect(text).toContain('event: message');
    leave.abort();
    await untilNobodyListens();
  });

  test('ends when the server stops, at once', async () => {
    const others = scriptedServices();
    await using alone = await startControlServer(others);
    const follower = await follow(alone);
    await follower.next('state');
    const ended = expect(follower.next('settings')).rejects.toThrow();
    await alone.server.stop();
    await ended;
    await expect.poll(() => others.watch.listeners).toBe(0);
    others.watch.stop();
  });
});

test('a restart is asked for and waited for', async () => {
  const before = services.lifecycle.restarts;
  const state = await started.client.state.restart();
  expect(state.phase).toBe('running');
  expect(services.lifecycle.restarts).toBe(before + 1);
});

test('a retrieval that is not there cannot be cancelled', async () => {
  const cancelled = started.client.retrievals.cancel({ id: 'none' });
  await expect(cancelled).rejects.toMatchObject({ code: 'not-found', status: 404 });
});

test('who watched lets go of what it watched', () => {
  const others = scriptedServices();
  expect([others.lifecycle.listeners, others.settings.listeners]).toEqual([1, 1]);
  others.watch.stop();
  expect([others.lifecycle.listeners, others.settings.listeners]).toEqual([0, 0]);
});
