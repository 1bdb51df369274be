import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDcmqrscp } from '../support/dcmqrscp.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../support/generated-study.ts';
import { readPart10 } from '../support/part10.ts';
import { runTool } from '../support/run-tool.ts';
import { sortedDigests } from '../support/scripted-study.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { retrieve, type WadoAnswer } from '../support/wado-client.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
let archive: Peer;
let study: GeneratedStudy;
let all: string[];

beforeAll(async () => {
  const directory = stack.use(await temporaryDirectory('zip-study'));
  study = await generateStudy({ directory: directory.path, instances: 9, pixelBytes: 32_768, series: 3 });
  all = sortedDigests(await Promise.all(study.files.map(async (file) => readPart10(await readFile(file)))));
  const dcmqrscp = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await dcmqrscp.store(study.files);
  archive = dcmqrscp;
});

afterAll(() => stack.disposeAsync());

function start(): Promise<Gateway> {
  return startGateway({ archive, scpPort: scp.port });
}

/** The files in an answer, by their names, as Python's zipfile takes them out of it. */
async function filesIn({ body }: WadoAnswer): Promise<Map<string, Buffer>> {
  await using directory = await temporaryDirectory('unzipped');
  const path = join(directory.path, 'answer.zip');
  await writeFile(path, body);
  const program =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); z.extractall(sys.argv[2]); print("\\n".join(z.namelist()))';
  const { stdout } = await runTool('python3', ['-c', program, path, directory.path]);
  const names = stdout.trim().split('\n');
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory.path, name))] as const)),
  );
}

describe('application/zip', () => {
  it('has every file of a study, byte for byte, cold and from the cache', async () => {
    await using gateway = await start();
    const url = `${gateway.wado}/studies/${study.studyUid}`;
    for (const isCached of [false, true]) {
      const answer = await retrieve(url, { accept: 'application/zip' });
      expect(answer).toMatchObject({ status: 200, isBroken: false });
      expect(answer.headers['content-type']).toBe('application/zip');
      expect(answer.headers['content-disposition']).toBe(`attachment; filename="${study.studyUid}.zip"`);
      expect(answer.headers['content-length']).toBe(isCached ? String(answer.body.length) : undefined);
      const files = await filesIn(answer);
      expect(sortedDigests([...files.values()].map(readPart10))).toEqual(all);
      expect([...files.keys()].sort()).toEqual(
        study.instances.map(({ series, instance }) => `${series}/${instance}.dcm`).sort(),
      );
    }
  });

  it('has a series, or one instance', async () => {
    await using gateway = await start();
    const [first] = study.instances;
    const series = `${gateway.wado}/studies/${study.studyUid}/series/${first?.series}`;
    expect(
      (await filesIn(await retrieve(series, { accept: 'application/zip;transfer-syntax=*' }))).size,
    ).toBe(3);
    const one = await filesIn(
      await retrieve(`${series}/instances/${first?.instance}?accept=application/zip`, { accept: '*/*' }),
    );
    expect([...one.keys()]).toEqual([`${first?.series}/${first?.instance}.dcm`]);
  });

  it('is sent only to who wants it more than the instances themselves', async () => {
    await using gateway = await start();
    const url = `${gateway.wado}/studies/${study.studyUid}`;
    const type = async (accept: string): Promise<string | undefined> =>
      (await retrieve(url, { accept })).headers['content-type']?.replace(/; boundary.*/, '');
    expect(await type('application/zip, */*;q=0.1')).toBe('application/zip');
    expect(await type('*/*')).toBe('multipart/related; type="application/dicom"');
    expect(await type('application/zip;q=0.5, multipart/related; type="application/dicom"')).toBe(
      'multipart/related; type="application/dicom"',
    );
    const converted = await retrieve(url, {
      accept: 'application/zip; transfer-syntax=1.2.840.10008.1.2.4.80',
    });
    expect(converted.status).toBe(406);
  });

  it('has a damaged file fetched again', async () => {
    await using gateway = await start();
    const url = `${gateway.wado}/studies/${study.studyUid}`;
    await retrieve(url, { accept: 'application/zip' });
    const [first] = study.instances;
    const path = join(
      gateway.cacheDirectory,
      'instances',
      'default',
      study.studyUid,
      first?.series ?? '',
      `${first?.instance}.dcm`,
    );
    await truncate(path, 3000);
    const answer = await retrieve(url, { accept: 'application/zip' });
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    expect(sortedDigests([...(await filesIn(answer)).values()].map(readPart10))).toEqual(all);
  });

  it('of an unknown study is 404', async () => {
    await using gateway = await start();
    expect((await retrieve(`${gateway.wado}/studies/1.2.3`, { accept: 'application/zip' })).status).toBe(404);
  });
});
