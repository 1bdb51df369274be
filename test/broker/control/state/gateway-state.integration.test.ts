import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { gatewayState, type GatewayState } from '../../../../broker/control/contract/gateway-state.ts';
import { scriptedServices } from '../../../support/control-services.ts';
import { startControlServer } from '../../../support/control-server.ts';
import { type Scene, startScene } from '../../../support/gateway-scene.ts';
import { connectSender, scriptedStudy } from '../../../support/scripted-study.ts';
import { type Move, counts } from '../../../support/study-archive.ts';
import { openRetrieve } from '../../../support/wado-client.ts';

const study = scriptedStudy(4, { pixelBytes: 200_000 });

/** A C-MOVE that sends its first instance, and the others when it is told. */
function halting(): Disposable & { move: (move: Move) => Promise<void>; goOn: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const goOn = (): void => {
    resolve(undefined);
  };
  return {
    goOn,
    [Symbol.dispose]: goOn,
    move: async ({ wanted, send, respond }) => {
      await send(wanted.slice(0, 1));
      await promise;
      await send(wanted.slice(1));
      await respond(0, counts(wanted.length));
    },
  };
}

async function controlled(scene: Scene) {
  await using stack = new AsyncDisposableStack();
  const services = scriptedServices();
  services.lifecycle.set({ phase: 'running', parts: scene.gateway.broker.parts });
  stack.defer(() => {
    services.watch.stop();
  });
  const control = stack.use(await startControlServer(services));
  const owned = stack.move();
  const state = async (): Promise<GatewayState> => {
    const answer = await control.ask('api/state');
    return gatewayState.parse(JSON.parse(answer.body.toString()));
  };
  return { services, control, state, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test('the state of a gateway that runs has all its parts', async () => {
  await using scene = await startScene({ study });
  await using control = await controlled(scene);
  await expect.poll(async () => (await control.state()).archives[0]?.state).toBe('answers');
  await expect.poll(async () => (await control.state()).cache?.diskFreeBytes).toBeGreaterThan(0);
  const state = await control.state();
  expect(state).toMatchObject({
    phase: 'running',
    health: { state: 'working' },
    archives: [{ name: 'default', aeTitle: scene.archive.aeTitle, port: scene.archive.port }],
    receiver: { aeTitle: 'BROKER', listening: true },
    dicomweb: { host: '127.0.0.1', listening: true },
    cache: { directory: scene.gateway.cacheDirectory, studies: 0, bytes: 0 },
    retrievals: [],
    problems: [],
  });
  expect(state.archives[0]?.roundTripInMs).toBeGreaterThan(0);
  expect(state.dicomweb?.wadoUrl).toMatch(/^http:\/\/localhost:\d+\/wado-rs$/);
});

test('associations of archives and connections of viewers are counted while they are open', async () => {
  await using scene = await startScene({ study });
  await using control = await controlled(scene);
  const open = async () => {
    const { receiver, dicomweb } = await control.state();
    return [receiver?.associations, dicomweb?.clients];
  };
  using scu = await connectSender(scene.gateway.scp);
  const viewer = connect(Number(new URL(scene.gateway.origin).port), '127.0.0.1');
  await expect.poll(open).toEqual([1, 1]);
  viewer.destroy();
  await scu.release();
  await expect.poll(open).toEqual([0, 0]);
});

test('a retrieval is shown as it goes on: of whom, how many, how much, how fast', async () => {
  const halt = halting();
  await using scene = await startScene({ study, move: halt.move });
  await using control = await controlled(scene);
  // Let go of first, so that the others can end.
  using stack = new DisposableStack();
  stack.use(halt);
  using open = await openRetrieve(scene.studyUrl);
  await open.readUntil(200_000);
  const shown = async () => (await control.state()).retrievals[0];
  await expect.poll(async () => (await shown())?.expected).toBe(4);
  // Names are read when receiving leaves time for it.
  await expect.poll(async () => (await shown())?.patientName, { timeout: 10_000 }).toBe('Scripted^Patient');
  await expect.poll(async () => (await shown())?.bytesPerSecond, { timeout: 10_000 }).toBeGreaterThan(0);
  const retrieval = await shown();
  expect(retrieval).toMatchObject({ level: 'study', study: study.study, state: 'asking', received: 1 });
  expect(retrieval?.receivedBytes).toBeGreaterThan(200_000);
  halt.goOn();
  await open.finish();
  await expect.poll(async () => (await control.state()).retrievals, { timeout: 10_000 }).toEqual([]);
  const { cache } = await control.state();
  await expect.poll(async () => (await control.state()).cache?.instances).toBe(4);
  expect(cache?.studies).toBe(1);
});

test('what an archive has sent and clients were sent is sampled', async () => {
  await using scene = await startScene({ study });
  await using control = await controlled(scene);
  using open = await openRetrieve(scene.studyUrl);
  await open.finish();
  const sum = async (of: 'received' | 'sent') =>
    (await control.control.client.state.throughput()).reduce((all, sample) => all + sample[of], 0);
  // Per second: a little more or less than what it was, as seconds are long.
  await expect.poll(() => sum('received'), { timeout: 10_000 }).toBeGreaterThan(400_000);
  await expect.poll(() => sum('sent'), { timeout: 10_000 }).toBeGreaterThan(400_000);
});

test('a retrieval can be cancelled by its id', async () => {
  const halt = halting();
  await using scene = await startScene({ study, move: halt.move });
  await using control = await controlled(scene);
  // Let go of first, so that the others can end.
  using stack = new DisposableStack();
  stack.use(halt);
  using open = await openRetrieve(scene.studyUrl);
  await open.readUntil(200_000);
  const [retrieval] = (await control.state()).retrievals;
  await control.control.client.retrievals.cancel({ id: retrieval?.id ?? '' });
  await expect.poll(async () => (await control.state()).retrievals, { timeout: 10_000 }).toEqual([]);
});

test('an archive that refuses is a problem, with the way to mend it, until it answers again', async () => {
  await using scene = await startScene({ study });
  await using control = await controlled(scene);
  const { health } = scene.gateway.broker;
  health.report('archive default', {
    state: 'not-working',
    reason: 'It does not know us.',
    remedy: 'Register us.',
    code: 'archive-refused',
    dimseStatus: '0xA801',
  });
  const state = await control.state();
  expect(state.problems).toMatchObject([
    { component: 'archive default', message: 'It does not know us.', remedy: 'Register us.', count: 1 },
  ]);
  expect(state.health.components).toContainEqual(
    expect.objectContaining({
      component: 'archive default',
      trouble: {
        message: 'It does not know us.',
        remedy: 'Register us.',
        code: 'archive-refused',
        dimseStatus: '0xA801',
      },
    }),
  );
  health.report('archive default', { state: 'working' });
  expect((await control.state()).problems[0]?.endedAt).toBeDefined();
});

test('what a person finds out who asks an archive is the state of it for all', async () => {
  await using scene = await startScene({ study });
  await using control = await controlled(scene);
  await expect.poll(async () => (await control.state()).archives[0]?.state).toBe('answers');
  await scene.archive[Symbol.asyncDispose]();
  const result = await control.control.client.archives.ask({ name: 'default' });
  expect(result.trouble?.code).toBe('archive-unreachable');
  const state = await control.state();
  expect(state.archives[0]).toMatchObject({ state: 'silent', trouble: { code: 'archive-unreachable' } });
  expect(state.health.state).toBe('not-working');
  expect(state.problems[0]).toMatchObject({ component: 'archive default', code: 'archive-unreachable' });
});

test('a retrieval that fails is a problem, with the DIMSE status behind it', async () => {
  await using scene = await startScene({ study, move: ({ respond }) => respond(0xa801, counts(0)) });
  await using control = await controlled(scene);
  expect((await fetch(scene.studyUrl)).status).toBe(502);
  await expect
    .poll(async () => (await control.state()).problems)
    .toMatchObject([{ component: 'retrievals from default', dimseStatus: '0xA801', count: 1 }]);
});

test('what comes into the cache is told', async () => {
  await using scene = await startScene({ study });
  await using control = await controlled(scene);
  const leave = new AbortController();
  const events = await control.control.client.state.events(undefined, { signal: leave.signal });
  using open = await openRetrieve(scene.studyUrl);
  await open.finish();
  for (;;) {
    const step = await events.next();
    if (step.done === true) throw new Error('The stream ended.');
    if (step.value.type !== 'cache') continue;
    expect(step.value).toEqual({ type: 'cache', archive: 'default', study: study.study });
    break;
  }
  leave.abort();
});
