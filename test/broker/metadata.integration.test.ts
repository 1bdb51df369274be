import { existsSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DicomJson } from '../../broker/dicom/dicom-json.ts';
import { type Scene, startScene } from '../support/gateway-scene.ts';
import { connectSender, scriptedStudy, sendInstance } from '../support/scripted-study.ts';
import { freePort } from '../support/free-port.ts';
import { gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { counts, startStudyArchive } from '../support/study-archive.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type WadoAnswer, openRetrieve, retrieve } from '../support/wado-client.ts';

const accept = 'application/dicom+json';
const study = scriptedStudy(4, { series: 2 });
const [firstSeries = ''] = study.series;

function read({ body }: Pick<WadoAnswer, 'body'>): DicomJson[] {
  return JSON.parse(body.toString()) as DicomJson[];
}

function uidsOf(answer: Pick<WadoAnswer, 'body'>): unknown[] {
  return read(answer).map((one) => one['00080018']?.Value?.[0]);
}

function metadata(url: string, headers: Record<string, string> = {}): Promise<WadoAnswer> {
  return retrieve(`${url}/metadata`, { accept, headers });
}

/** Sends the first instance, and the others when it is told. */
function heldBack(): {
  goOn: () => void;
  move: NonNullable<Parameters<typeof startScene>[0]['move']>;
  scene: (scene: Scene) => void;
} {
  let goOn = (): void => undefined;
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  let scene: Scene | undefined;
  return {
    goOn: () => {
      goOn();
    },
    scene: (started) => (scene = started),
    move: async ({ wanted, respond }) => {
      using scu = await connectSender(scene!.gateway.scp);
      for (const [index, instance] of wanted.entries()) {
        if (index === 1) await mayGoOn;
        expect(await sendInstance(scu, instance)).toBe(0);
      }
      await scu.release();
      await respond(0, counts(wanted.length));
    },
  };
}

describe('metadata', () => {
  it('of a study, a series and an instance', async () => {
    await using scene = await startScene({ study });
    const whole = await metadata(scene.studyUrl);
    expect(whole).toMatchObject({ status: 200, isBroken: false });
    expect(whole.headers).toMatchObject({
      'content-type': accept,
      vary: expect.stringContaining('Accept') as string,
      'x-content-type-options': 'nosniff',
    });
    expect(uidsOf(whole).sort()).toEqual(study.instances.map(({ instance }) => instance).sort());
    const ofSeries = study.instances.filter(({ series }) => series === firstSeries);
    expect(uidsOf(await metadata(scene.seriesUrl(firstSeries))).sort()).toEqual(
      ofSeries.map(({ instance }) => instance).sort(),
    );
    const [one] = study.instances;
    const [told] = read(await metadata(scene.instanceUrl(one)));
    expect(told?.['00080018']?.Value).toEqual([one?.instance]);
    expect(told?.['7FE00010']).toEqual({
      vr: 'OW',
      BulkDataURI: `${scene.instanceUrl(one)}/bulkdata/7FE00010`,
    });
    await scene.endsClean();
  });

  it('names bulk data at the base through which the client came', async () => {
    await using scene = await startScene({ study });
    for (const base of ['/dicom-web', '/archives/default/dicom-web', '/archives/default/wado-rs']) {
      const { studyUrl, gateway } = scene;
      const url = studyUrl.replace(gateway.wado, gateway.origin + base);
      for (const one of read(await metadata(url))) {
        expect(one['7FE00010']?.BulkDataURI?.startsWith(`${url}/series/`)).toBe(true);
      }
    }
  });

  it('as XML says the same', async () => {
    await using scene = await startScene({ study });
    const answer = await retrieve(`${scene.studyUrl}/metadata`, {
      accept: 'multipart/related; type="application/dicom+xml"',
    });
    expect(answer.headers['content-type']).toMatch(
      /^multipart\/related; type="application\/dicom\+xml"; boundary=/,
    );
    const text = answer.body.toString();
    for (const one of study.instances) {
      expect(text).toContain(`<Value number="1">${one.instance}</Value>`);
      expect(text).toContain(`<BulkData uri="${scene.instanceUrl(one)}/bulkdata/7FE00010"/>`);
    }
    expect(text.match(/Content-Type: application\/dicom\+xml/g)).toHaveLength(4);
  });

  it.each([
    ['application/json', 'application/json'],
    ['*/*', accept],
    ['text/html, application/json;q=0.5, application/dicom+json', accept],
  ])('Accept %s is answered as %s', async (wanted, type) => {
    await using scene = await startScene({ study });
    const answer = await retrieve(`${scene.studyUrl}/metadata`, { accept: wanted });
    expect(answer.headers['content-type']).toBe(type);
  });

  it('the accept parameter counts before the header; what cannot be made is refused and starts nothing', async () => {
    await using scene = await startScene({ study });
    const refused = await retrieve(`${scene.studyUrl}/metadata`, { accept: 'image/jpeg' });
    expect(refused.status).toBe(406);
    expect(scene.archive.moves).toHaveLength(0);
    const answer = await retrieve(`${scene.studyUrl}/metadata?accept=application/dicom+json`, {
      accept: 'image/jpeg',
    });
    expect(answer.status).toBe(200);
  });

  it('of a study that the archive does not have is 404; a malformed UID is 400', async () => {
    await using scene = await startScene({ study });
    expect((await metadata(`${scene.gateway.wado}/studies/1.2.3`)).status).toBe(404);
    expect((await metadata(`${scene.gateway.wado}/studies/1.02.x`)).status).toBe(400);
  });
});

describe('while a series is still coming', () => {
  it('its first instance can be read before the second is sent', async () => {
    const held = heldBack();
    await using scene = await startScene({ study, move: held.move });
    held.scene(scene);
    using open = await openRetrieve(`${scene.studyUrl}/metadata`, { accept });
    const start = await open.readUntil(300);
    expect(start.toString()).toContain(`"00080018":{"vr":"UI","Value":["${study.instances[0]?.instance}"]}`);
    expect(start.toString()).not.toContain(study.instances[1]?.instance);
    expect(open.response.headers).toMatchObject({ 'cache-control': 'no-store' });
    held.goOn();
    const answer = await open.finish();
    expect(answer.isBroken).toBe(false);
    expect(uidsOf(answer)).toHaveLength(4);
    await scene.endsClean();
  });

  it('the connection breaks where the retrieval does', async () => {
    await using scene = await startScene({
      study,
      settings: { WADO_MAX_RETRY_ATTEMPTS: '0' },
      move: async ({ wanted, send, respond }) => {
        await send(wanted.slice(0, 2));
        await sleep(200);
        await respond(0xc000, counts(2));
      },
    });
    const answer = await metadata(scene.studyUrl);
    expect(answer).toMatchObject({ status: 200, isBroken: true });
    expect(answer.body.toString()).not.toContain(']\n');
    await scene.endsClean();
  });

  it('of what is known to be a part is 206 with a Warning, and has no entity tag', async () => {
    await using scene = await startScene({
      study,
      settings: { WADO_RETRY_DELAY_IN_SECS: '30' },
      move: async ({ index, wanted, send, respond }) => {
        if (index === 0) await send(wanted.slice(0, 2));
        await respond(0, counts(index === 0 ? 2 : 0));
      },
    });
    expect((await metadata(scene.studyUrl)).isBroken).toBe(true);
    const partial = await metadata(scene.studyUrl);
    expect(partial).toMatchObject({ status: 206, isBroken: false });
    expect(partial.headers['warning']).toContain('2 instances are missing');
    expect(partial.headers['etag']).toBeUndefined();
    expect(uidsOf(partial)).toHaveLength(2);
    await scene.endsClean();
  });

  it('a client that leaves ends it', async () => {
    const held = heldBack();
    await using scene = await startScene({ study, move: held.move });
    held.scene(scene);
    const open = await openRetrieve(`${scene.studyUrl}/metadata`, { accept });
    await open.readUntil(300);
    open[Symbol.dispose]();
    await sleep(200);
    held.goOn();
    await scene.endsClean();
  });
});

describe('conditional requests', () => {
  it('what the client has is not sent again, unless it was about something else', async () => {
    await using scene = await startScene({ study });
    await metadata(scene.studyUrl);
    // What is still arriving has no tag: the retrieval may end a moment later than its last instance comes.
    const tagNow = async (): Promise<string> => (await metadata(scene.studyUrl)).headers['etag'] ?? '';
    await expect.poll(tagNow).toMatch(/^"[\w-]+"$/);
    const tag = await tagNow();
    expect(await metadata(scene.studyUrl, { 'If-None-Match': tag })).toMatchObject({
      status: 304,
      body: Buffer.alloc(0),
    });
    expect((await metadata(scene.seriesUrl(firstSeries), { 'If-None-Match': tag })).status).toBe(200);
    const json = await retrieve(`${scene.studyUrl}/metadata`, {
      accept: 'application/json',
      headers: { 'If-None-Match': tag },
    });
    expect(json.status).toBe(200);
  });
});

describe('what is kept', () => {
  it('is there after a restart, is made anew where it was deleted, and leaves with its study', async () => {
    await using directory = await temporaryDirectory('metadata-restart');
    const scp = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
    await using archive = await startStudyArchive({ study, gateway: scp });
    const path = `${directory.path}/metadata.sqlite`;
    const start = (settings = {}) =>
      startGateway({ archive, scpPort: scp.port, cacheDirectory: directory.path, settings });
    const rows = (): unknown => {
      using database = new DatabaseSync(path, { readOnly: true });
      return database.prepare('SELECT count(*) AS rows FROM metadata').get()?.['rows'];
    };
    let told: string;
    {
      await using gateway = await start();
      told = (await metadata(`${gateway.wado}/studies/${study.study}`)).body.toString();
    }
    expect(rows()).toBe(4);
    rmSync(path);
    for (const ext of ['-wal', '-shm']) rmSync(path + ext, { force: true });
    {
      await using gateway = await start();
      const again = (await metadata(`${gateway.wado}/studies/${study.study}`)).body.toString();
      expect(again.replaceAll(gateway.origin, '')).toBe(told.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, ''));
    }
    expect(rows()).toBe(4);
    expect(archive.moves).toHaveLength(1);
    rmSync(`${directory.path}/instances`, { recursive: true });
    {
      await using gateway = await start();
      expect((await metadata(`${gateway.wado}/studies/1.2.3`)).status).toBe(404);
    }
    expect(rows()).toBe(0);
    expect(existsSync(path)).toBe(true);
  });
});

describe('a cached file that is damaged', () => {
  it('is fetched again where its metadata has to be made from it', async () => {
    await using directory = await temporaryDirectory('metadata-damage');
    const scp = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
    await using archive = await startStudyArchive({ study, gateway: scp });
    const start = () => startGateway({ archive, scpPort: scp.port, cacheDirectory: directory.path });
    {
      await using gateway = await start();
      await retrieve(`${gateway.wado}/studies/${study.study}`);
    }
    for (const ext of ['', '-wal', '-shm'])
      rmSync(`${directory.path}/metadata.sqlite${ext}`, { force: true });
    const instances = join(directory.path, 'instances');
    const [file] = readdirSync(instances, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    // Before the start: metadata may be made before somebody asks for it.
    truncateSync(join(file!.parentPath, file!.name), 400);
    await using gateway = await start();
    const answer = await metadata(`${gateway.wado}/studies/${study.study}`);
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    expect(uidsOf(answer)).toHaveLength(4);
    expect(archive.moves.length).toBeGreaterThan(1);
  });
});
