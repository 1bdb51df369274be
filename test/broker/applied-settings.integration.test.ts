import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { echoscu } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type Scene, startScene } from '../support/gateway-scene.ts';
import { openResources, untilReleased } from '../support/open-resources.ts';
import { scriptedStudy, sortedDigests } from '../support/scripted-study.ts';
import { type Move, counts, startStudyArchive } from '../support/study-archive.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { digestsOf, openRetrieve, retrieve } from '../support/wado-client.ts';

const study = scriptedStudy(4, { pixelBytes: 100_000 });

/** A C-MOVE that sends its first instance, and the others when it is told. */
function halting(): { move: (move: Move) => Promise<void>; goOn: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    goOn: () => {
      resolve(undefined);
    },
    move: async ({ wanted, send, respond }) => {
      await send(wanted.slice(0, 1));
      await promise;
      await send(wanted.slice(1));
      await respond(0, counts(wanted.length));
    },
  };
}

async function apply(scene: Scene, settings: Readonly<Record<string, string>>): Promise<string[]> {
  return await scene.gateway.broker.apply(scene.gateway.configuration(settings));
}

function origin({ gateway }: Scene): string {
  return `http://127.0.0.1:${gateway.broker.parts?.addresses.http.port}`;
}

it('the change of one archive restarts its connection, and leaves a retrieval from another going', async () => {
  const { move, goOn } = halting();
  await using scene = await startScene({ study, move });
  await using other = await startStudyArchive({ study: scriptedStudy(1), gateway: scene.gateway.scp });
  const further = (port: number): Record<string, string> => ({
    ARCHIVES_OTHER_QIDO_REMOTE_AE: other.aeTitle,
    ARCHIVES_OTHER_QIDO_REMOTE_HOST: '127.0.0.1',
    ARCHIVES_OTHER_QIDO_REMOTE_PORT: String(port),
  });
  expect(await apply(scene, further(1))).toEqual(['the connection to archive other']);
  using open = await openRetrieve(scene.studyUrl);
  await open.readUntil(100_000);
  expect(await apply(scene, further(other.port))).toEqual(['the connection to archive other']);
  const state = (): unknown =>
    scene.gateway.broker.health.summary().components.find(({ component }) => component === 'archive other')
      ?.state;
  await expect.poll(state).toBe('working');
  const found = await fetch(`${origin(scene)}/archives/other/qido-rs/studies`);
  expect(found.status).toBe(200);
  goOn();
  const answer = await open.finish();
  expect(answer).toMatchObject({ status: 200, isBroken: false });
  expect(digestsOf(answer)).toEqual(sortedDigests(study.instances));
  expect(await apply(scene, {})).toEqual(['the connection to archive other']);
  expect((await fetch(`${origin(scene)}/archives/other/qido-rs/studies`)).status).toBe(404);
  expect(state()).toBeUndefined();
  await scene.endsClean();
});

it('a retrieval from an archive that is changed ends, and says why', async () => {
  await using scene = await startScene({
    study,
    move: async ({ association, wanted, send }) => {
      await send(wanted.slice(0, 1));
      await association.closed;
    },
  });
  using open = await openRetrieve(scene.studyUrl);
  await open.readUntil(100_000);
  await apply(scene, { QIDO_REMOTE_AE: 'ANOTHER' });
  expect((await open.finish()).isBroken).toBe(true);
  expect(scene.gateway.log()).toContain('the settings of the archive were changed');
  await scene.endsClean();
});

it('another HTTP port moves the listener, and lets the answer finish that is under way', async () => {
  const { move, goOn } = halting();
  await using scene = await startScene({ study, move });
  using open = await openRetrieve(scene.studyUrl);
  await open.readUntil(100_000);
  const port = await freePort();
  const before = scene.gateway.origin;
  const applied = apply(scene, { HTTP_PORT: String(port) });
  await expect.poll(() => origin(scene)).toBe(`http://127.0.0.1:${port}`);
  goOn();
  expect(await open.finish()).toMatchObject({ status: 200, isBroken: false });
  expect(await applied).toEqual(['DICOMweb']);
  expect(await retrieve(scene.studyUrl.replace(before, origin(scene)))).toMatchObject({ status: 200 });
  await expect(fetch(before)).rejects.toThrow();
  await scene.endsClean();
});

it('other routes answer behind the same listener, and an answer that is under way goes on', async () => {
  const { move, goOn } = halting();
  await using scene = await startScene({ study, move });
  using open = await openRetrieve(scene.studyUrl);
  await open.readUntil(100_000);
  expect(await apply(scene, { QIDO_URL_BASE: '/q' })).toEqual(['DICOMweb']);
  expect(origin(scene)).toBe(scene.gateway.origin);
  expect((await fetch(`${origin(scene)}/q/studies`)).status).toBe(200);
  expect((await fetch(`${origin(scene)}/qido-rs/studies`)).status).toBe(404);
  goOn();
  expect(await open.finish()).toMatchObject({ status: 200, isBroken: false });
  await scene.endsClean();
});

it('another SCP port restarts only what receives', async () => {
  await using scene = await startScene({ study });
  const port = await freePort();
  expect(await apply(scene, { SCP_LOCAL_PORT: String(port) })).toEqual(['the storage SCP']);
  expect(await echoscu({ ...scene.gateway.scp, port })).toMatchObject({ exitCode: 0 });
  expect(await echoscu(scene.gateway.scp)).not.toMatchObject({ exitCode: 0 });
  expect(scene.gateway.broker.parts?.addresses.scp.port).toBe(port);
  await scene.endsClean();
});

it('what receives still expects after its restart what it expected before', async () => {
  const { move, goOn } = halting();
  await using scene = await startScene({ study, move });
  using open = await openRetrieve(scene.studyUrl);
  await open.readUntil(100_000);
  expect(await apply(scene, { SCP_MAX_ASSOCIATIONS: '5' })).toEqual(['the storage SCP']);
  goOn();
  const answer = await open.finish();
  expect(answer).toMatchObject({ status: 200, isBroken: false });
  expect(digestsOf(answer)).toEqual(sortedDigests(study.instances));
  await scene.endsClean();
});

it('a port that is taken leaves everything as it was, and says which setting it is', async () => {
  await using scene = await startScene({ study });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const taken = String((server.address() as { port: number }).port);
  const other = String(await freePort());
  try {
    await expect(apply(scene, { HTTP_PORT: taken, SCP_LOCAL_AE: 'NEW' })).rejects.toThrow(/http\.port/);
    await expect(apply(scene, { SCP_LOCAL_PORT: taken, HTTP_PORT: other })).rejects.toThrow(
      /scp\.local_port/,
    );
  } finally {
    server.close();
  }
  expect(scene.gateway.broker.isWhole).toBe(true);
  expect(origin(scene)).toBe(scene.gateway.origin);
  await expect(fetch(`http://127.0.0.1:${other}`)).rejects.toThrow();
  expect(await retrieve(scene.studyUrl)).toMatchObject({ status: 200, isBroken: false });
  await scene.endsClean();
});

it('another cache directory is used from then on, and the old one is let go of', async () => {
  await using scene = await startScene({ study });
  await using directory = await temporaryDirectory('other-cache');
  expect(await retrieve(scene.studyUrl)).toMatchObject({ status: 200 });
  const { cache } = scene.gateway.broker.parts ?? {};
  expect(await apply(scene, { SCP_CACHE_DIR_PATH: directory.path })).toEqual([
    'the cache',
    'the storage SCP',
  ]);
  expect(cache?.statistics).toBeDefined();
  expect(scene.gateway.broker.parts?.cache.statistics().instances).toBe(0);
  expect(await retrieve(scene.studyUrl)).toMatchObject({ status: 200, isBroken: false });
  expect(scene.gateway.broker.parts?.cache.statistics().instances).toBe(4);
  // Only one broker may have a directory: it could not be opened again if it were still held.
  expect(await apply(scene, {})).toEqual(['the cache', 'the storage SCP']);
  expect(scene.gateway.broker.parts?.cache.statistics().instances).toBe(4);
  await scene.endsClean();
});

it('a cache directory that cannot be used leaves everything as it was', async () => {
  await using scene = await startScene({ study });
  await using directory = await temporaryDirectory('no-cache');
  const file = join(directory.path, 'a-file');
  await writeFile(file, '');
  const impossible = join(file, 'cache');
  await expect(apply(scene, { SCP_CACHE_DIR_PATH: impossible, SCP_LOCAL_AE: 'NEW' })).rejects.toThrow(
    impossible,
  );
  expect(await retrieve(scene.studyUrl)).toMatchObject({ status: 200, isBroken: false });
  await scene.endsClean();
});

it('limits of the cache and waits of retrievals count without a restart', async () => {
  await using scene = await startScene({ study });
  await retrieve(scene.studyUrl);
  const settings = { SCP_CACHE_MAX_AGE_IN_MIN: '5', WADO_RECHECK_AFTER_IN_SECS: '0' };
  expect(await apply(scene, settings)).toEqual([]);
  const asked = scene.archive.finds.length;
  await retrieve(scene.studyUrl);
  expect(scene.archive.finds.length).toBeGreaterThan(asked);
  await scene.endsClean();
});

it('leaves nothing open, however often settings were changed', async () => {
  await using directory = await temporaryDirectory('other-cache');
  const before = openResources();
  const scene = await startScene({ study });
  for (const http of ['127.0.0.1', 'localhost']) {
    await apply(scene, { HTTP_PORT: String(await freePort()), SCP_CACHE_DIR_PATH: directory.path });
    await apply(scene, { HTTP_HOST: http, SCP_LOCAL_AE: 'NEW', DIMSE_MAX_ASSOCIATIONS: '2' });
  }
  await scene[Symbol.asyncDispose]();
  await untilReleased(before);
});
