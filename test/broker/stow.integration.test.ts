import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { implicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import {
  type StoreRequest,
  multipart,
  multipartType,
  openStore,
  store,
  storeFiles,
  storedAndFailed,
} from '../support/stow-client.ts';
import { instanceFile, instanceFiles, startStowScene } from '../support/stow-scene.ts';

async function until(condition: () => boolean | Promise<boolean>, withinMs = 8_000): Promise<void> {
  const limit = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`It did not come to that within ${withinMs} ms.`);
    await sleep(10);
  }
}

test('instances are stored, and the answer says where they can be had', async () => {
  await using scene = await startStowScene();
  const files = instanceFiles(20);
  const answer = await storeFiles(
    scene.url,
    files.map(({ file }) => file),
  );
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/dicom+json');
  const wado = `${scene.gateway.wado}/studies/${files[0]?.study}`;
  expect(storedAndFailed(answer)).toEqual({
    retrieveUrl: wado,
    stored: files.map(({ series, instance }) => ({
      instance,
      url: `${wado}/series/${series}/instances/${instance}`,
    })),
    failed: [],
    other: [],
  });
  expect(scene.archive.stored.map(({ dataSet }) => dataSet.toString('hex')).toSorted()).toEqual(
    files.map(({ dataSet }) => dataSet.toString('hex')).toSorted(),
  );
  expect(new Set(scene.archive.stored.map(({ association }) => association)).size).toBeLessThanOrEqual(3);
  expect(await scene.spooled()).toEqual([]);
});

test('associations are used again by the next request', async () => {
  await using scene = await startStowScene({ settings: { DIMSE_MAX_ASSOCIATIONS: '2' } });
  for (const { file } of instanceFiles(3)) {
    expect((await storeFiles(scene.url, [file])).status).toBe(200);
  }
  expect(scene.archive.stored.map(({ association }) => association)).toEqual([0, 0, 0]);
});

test('one instance may be the whole body, and the answer may be XML', async () => {
  await using scene = await startStowScene();
  const { file, instance } = instanceFile();
  const answer = await store(scene.url, file, {
    contentType: 'application/dicom',
    headers: { Accept: 'application/dicom+xml' },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/dicom+xml');
  expect(answer.text).toMatch(/^<\?xml .*<NativeDicomModel .*keyword="ReferencedSOPSequence"/s);
  expect(answer.text).toContain(`>${instance}</Value>`);
});

test('each instance of a mixed request has its own reason: 202', async () => {
  const [good, warned, refused] = instanceFiles(3);
  const otherStudy = instanceFile();
  await using scene = await startStowScene({
    onStore: (call) => {
      if (call.instance === warned?.instance) return call.respond(0xb000, { ErrorComment: 'coerced' });
      if (call.instance === refused?.instance) return call.respond(0xa700, { ErrorComment: 'disk is full' });
      return call.respond(0);
    },
  });
  const contradicting = instanceFile({ study: good!.study });
  const meta = good!.file.subarray(0, good!.file.length - good!.dataSet.length);
  const noStorage = instanceFile({ study: good!.study, sopClass: '1.2.840.10008.1.1' });
  const bodies = [
    good!.file,
    warned!.file,
    refused!.file,
    otherStudy.file,
    Buffer.from('no DICOM'),
    Buffer.concat([meta, contradicting.dataSet]),
    noStorage.file,
    meta,
  ];
  const parts = [
    ...bodies.map((body) => ({ body })),
    { headers: { 'Content-Type': 'image/jpeg' }, body: good!.file },
  ];
  const answer = await store(`${scene.url}/${good!.study}`, multipart(parts));
  expect(answer.status).toBe(202);
  const { stored, failed, other } = storedAndFailed(answer);
  expect(stored.map(({ instance, warning }) => ({ instance, warning }))).toEqual([
    { instance: good!.instance, warning: undefined },
    { instance: warned!.instance, warning: 0xb000 },
  ]);
  expect(failed).toEqual([
    { instance: refused!.instance, reason: 0xa700 },
    { instance: otherStudy.instance, reason: 0xa900 },
    { instance: contradicting.instance, reason: 0xa900 },
    { instance: noStorage.instance, reason: 0x0122 },
    // A file without a data set is known by its meta information alone.
    { instance: good!.instance, reason: 0xc000 },
  ]);
  expect(other).toEqual([0xc000, 0xc000]);
  const warnings = String(answer.headers.warning);
  expect(warnings).toContain('"disk is full"');
  expect(warnings).toContain('coerced');
  expect(warnings).toContain(`the request is for study ${good!.study}`);
  expect(warnings).toContain('part 5: this is no DICOM file');
  expect(warnings).toContain('part 9: its media type is "image/jpeg"');
});

test('nothing stored is 409, with a reason for each', async () => {
  await using scene = await startStowScene({ onStore: (call) => call.respond(0xc123) });
  const files = instanceFiles(2);
  const answer = await storeFiles(
    scene.url,
    files.map(({ file }) => file),
  );
  expect(answer.status).toBe(409);
  expect(storedAndFailed(answer)).toEqual({
    retrieveUrl: undefined,
    stored: [],
    failed: files.map(({ instance }) => ({ instance, reason: 0xc123 })),
    other: [],
  });
});

test('an instance that breaks its association is tried once more; the others are stored', async () => {
  const files = instanceFiles(12);
  const poison = files[5]!.instance;
  await using scene = await startStowScene({
    onStore: (call) => {
      if (call.instance !== poison) return call.respond(0);
      call.breakOff();
      return Promise.resolve();
    },
  });
  const answer = await storeFiles(
    scene.url,
    files.map(({ file }) => file),
  );
  const { stored, failed } = storedAndFailed(answer);
  expect(answer.status).toBe(202);
  expect(stored).toHaveLength(11);
  expect(failed).toEqual([{ instance: poison, reason: 0x0110 }]);
  expect(scene.archive.stored.filter(({ instance }) => instance === poison)).toHaveLength(2);
});

test('an association that breaks once costs nothing', async () => {
  const files = instanceFiles(12);
  await using scene = await startStowScene({
    onStore: async (call) => {
      if (call.index === 4) call.breakOff();
      else await call.respond(0);
    },
  });
  expect(
    (
      await storeFiles(
        scene.url,
        files.map(({ file }) => file),
      )
    ).status,
  ).toBe(200);
});

test('an archive that falls silent is given up after a few instances', async () => {
  await using scene = await startStowScene({
    onStore: async (call) => {
      if (call.index === 0) await call.respond(0);
    },
  });
  const answer = await storeFiles(
    scene.url,
    instanceFiles(30).map(({ file }) => file),
  );
  expect(answer.status).toBe(202);
  expect(storedAndFailed(answer).stored).toHaveLength(1);
  expect(storedAndFailed(answer).failed).toHaveLength(29);
  expect(scene.archive.stored.length).toBeLessThan(10);
  expect(String(answer.headers.warning)).toContain('did not answer within 1 s');
});

test('an archive that cannot be reached is 502, one that is silent from the first 504', async () => {
  await using silent = await startStowScene({ onStore: () => Promise.resolve() });
  const files = instanceFiles(3).map(({ file }) => file);
  expect((await storeFiles(silent.url, files)).status).toBe(504);
  await using unreachable = await startStowScene({ settings: { STOW_REMOTE_PORT: '1' } });
  const answer = await storeFiles(unreachable.url, files);
  expect(answer.status).toBe(502);
  expect(answer.text).toContain('127.0.0.1:1');
  expect(await unreachable.spooled()).toEqual([]);
});

test('an archive that takes Implicit VR only gets that', async () => {
  await using scene = await startStowScene({
    choose: ({ transferSyntaxes: [syntax = ''] }) => (syntax === implicitVrLittleEndian ? syntax : 4),
  });
  const one = instanceFile();
  expect((await storeFiles(scene.url, [one.file])).status).toBe(200);
  const [stored] = scene.archive.stored;
  expect(stored?.transferSyntax).toBe(implicitVrLittleEndian);
  const { dataSet } = instanceFile({ ...one, transferSyntax: implicitVrLittleEndian });
  expect(stored?.dataSet.equals(dataSet)).toBe(true);
});

test('a class that the archive refuses is 0x0122, a syntax that cannot be converted 0xC122', async () => {
  await using scene = await startStowScene({
    choose: ({ abstractSyntax, transferSyntaxes: [syntax = ''] }) => {
      if (abstractSyntax === '1.2.840.10008.5.1.4.1.1.4') return 3;
      return syntax.startsWith('1.2.840.10008.1.2.4') ? 4 : syntax;
    },
  });
  const mr = instanceFile({ sopClass: '1.2.840.10008.5.1.4.1.1.4' });
  const video = instanceFile({ transferSyntax: '1.2.840.10008.1.2.4.102' });
  const pixelData = Buffer.from(
    'e07f10004f420000ffffffff' + 'feff00e000000000' + 'feff00e004000000' + '00000001' + 'feffdde000000000',
    'hex',
  );
  const answer = await storeFiles(scene.url, [mr.file, Buffer.concat([video.file, pixelData])]);
  expect(answer.status).toBe(409);
  expect(storedAndFailed(answer).failed).toEqual([
    { instance: mr.instance, reason: 0x0122 },
    { instance: video.instance, reason: 0xc122 },
  ]);
});

test('media types that are not taken are 415, malformed bodies 400, other methods 405', async () => {
  await using scene = await startStowScene();
  const { file } = instanceFile();
  const good = multipart([{ body: file }]);
  const status = async (body: Buffer, request: StoreRequest = {}): Promise<number> =>
    (await store(scene.url, body, request)).status;
  expect(await status(file, { contentType: 'image/jpeg' })).toBe(415);
  expect(await status(good, { contentType: 'multipart/form-data; boundary=x' })).toBe(415);
  expect(await status(good, { contentType: multipartType('image/jpeg') })).toBe(415);
  expect(await status(good, { headers: { 'Content-Encoding': 'gzip' } })).toBe(415);
  expect(await status(good, { contentType: '' })).toBe(415);
  expect(await status(good, { headers: { Accept: 'image/png' } })).toBe(406);
  expect(await status(good, { contentType: 'multipart/related; type="application/dicom"' })).toBe(400);
  expect(await status(good.subarray(0, good.length - 10))).toBe(400);
  expect(await status(multipart([]))).toBe(400);
  expect(await status(Buffer.alloc(0))).toBe(400);
  expect((await store(`${scene.url}/no-uid`, good)).status).toBe(400);
  const put = await fetch(scene.url, { method: 'PUT', body: new Uint8Array(good) });
  expect(put.status).toBe(405);
  expect(put.headers.get('allow')).toBe('POST, OPTIONS');
  expect((await fetch(scene.url)).status).toBe(405);
  expect(await scene.spooled()).toEqual([]);
});

test('what was stored before a body turned out to be malformed is told: 202', async () => {
  await using scene = await startStowScene();
  const [first, second] = instanceFiles(2);
  const body = multipart([{ body: first!.file }, { body: second!.file }]);
  const answer = await store(scene.url, body.subarray(0, body.length - 10));
  expect(answer.status).toBe(202);
  expect(storedAndFailed(answer)).toMatchObject({
    stored: [{ instance: first!.instance }],
    failed: [],
    other: [0xc000],
  });
  expect(String(answer.headers.warning)).toContain('The body ends within part 2');
});

test('limits: instance, request, number of instances', async () => {
  await using scene = await startStowScene({
    settings: {
      STOW_MAX_INSTANCE_SIZE_IN_MB: '2',
      STOW_MAX_REQUEST_SIZE_IN_MB: '5',
      STOW_MAX_INSTANCES: '3',
    },
  });
  const large = instanceFile({ bytes: 2_100_000 });
  const small = instanceFiles(4);
  const alone = await storeFiles(scene.url, [large.file]);
  expect(alone.status).toBe(413);
  expect(alone.text).toContain('part 1');
  expect(alone.text).toContain('2000000 bytes');
  const mixed = await storeFiles(scene.url, [large.file, small[0]!.file]);
  expect(mixed.status).toBe(202);
  expect(storedAndFailed(mixed).failed).toEqual([{ instance: large.instance, reason: 0xa700 }]);
  const many = await storeFiles(
    scene.url,
    small.map(({ file }) => file),
  );
  expect(many.status).toBe(202);
  expect(storedAndFailed(many).stored).toHaveLength(3);
  expect(storedAndFailed(many).other).toEqual([0xa700]);
  const announced = await storeFiles(scene.url, [large.file, large.file, large.file]);
  expect(announced.status).toBe(413);
  const { sending, answer } = openStore(scene.url);
  sending.end(multipart([{ body: large.file }, { body: large.file }, { body: large.file }]));
  expect((await answer).status).toBe(413);
  expect(await scene.spooled()).toEqual([]);
});

test('a client that falls silent is answered 408', async () => {
  await using scene = await startStowScene({ settings: { STOW_REQUEST_TIMEOUT_IN_SECS: '1' } });
  const { sending, answer } = openStore(scene.url);
  sending.write(multipart([{ body: instanceFile().file }]).subarray(0, 3000));
  expect((await answer).status).toBe(408);
  sending.destroy();
  expect(await scene.spooled()).toEqual([]);
});

test('a client that leaves in the middle leaves nothing behind; what was being sent is stored', async () => {
  await using scene = await startStowScene();
  const [first, second] = instanceFiles(2, { bytes: 3_000_000 });
  const body = multipart([{ body: first!.file }, { body: second!.file }]);
  const { sending, answer } = openStore(scene.url);
  answer.catch(() => undefined);
  sending.write(body.subarray(0, body.length - 100_000));
  await until(async () => scene.archive.stored.length === 1 && (await scene.spooled()).length === 1);
  sending.destroy();
  await until(async () => (await scene.spooled()).length === 0);
  expect(scene.archive.stored.map(({ instance }) => instance)).toEqual([first!.instance]);
  await scene.gateway.stop();
  await scene.archive.untilIdle();
});

test('a store does not wait for the whole body: instances go to the archive as they come', async () => {
  await using scene = await startStowScene();
  const files = instanceFiles(2);
  const body = multipart(files.map(({ file }) => ({ body: file })));
  const { sending, answer } = openStore(scene.url);
  sending.write(body.subarray(0, body.length - 100));
  await until(() => scene.archive.stored.length === 1);
  sending.end(body.subarray(body.length - 100));
  expect((await answer).status).toBe(200);
});

test('the audit trail and the metrics tell what was stored', async () => {
  await using scene = await startStowScene({ settings: { LOG_FORMAT: 'json' } });
  const files = instanceFiles(3);
  await storeFiles(
    scene.url,
    files.map(({ file }) => file),
  );
  const audited = scene.gateway
    .log()
    .split('\n')
    .filter((line) => line.includes('"action":"C"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(audited).toMatchObject([
    { event: '110104', study: files[0]?.study, instances: 3, complete: true, status: 200, outcome: 0 },
  ]);
  const metrics = await (await fetch(`${scene.gateway.origin}/metrics`)).text();
  expect(metrics).toContain('dcmrs_instances_stored_total{archive="default"} 3');
});
