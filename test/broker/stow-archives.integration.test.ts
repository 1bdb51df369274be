import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { fileMetaHeader } from '../../broker/dicom/file-meta.ts';
import { explicitVrLittleEndian, implicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { decodedDifferences } from '../support/decoded-comparison.ts';
import { startDcmqrscp } from '../support/dcmqrscp.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { readPart10 } from '../support/part10.ts';
import { pydicomTestFiles } from '../support/real-files.ts';
import { runTool } from '../support/run-tool.ts';
import { multipart, multipartType, store, storeFiles, storedAndFailed } from '../support/stow-client.ts';
import { instanceFile, instanceFiles, startStowScene } from '../support/stow-scene.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { digestsOf, retrieve } from '../support/wado-client.ts';
import { sortedDigests } from '../support/scripted-study.ts';

const compressed = [
  'MR_small_RLE.dcm',
  'MR_small_jp2klossless.dcm',
  'MR_small_jpeg_ls_lossless.dcm',
  'SC_rgb_rle_2frame.dcm',
  'SC_rgb_small_odd_jpeg.dcm',
];

async function compressedFiles(): Promise<string[]> {
  const files = await pydicomTestFiles();
  return compressed.map((name) => files.find((file) => basename(file) === name) ?? `${name} is missing`);
}

test.each([explicitVrLittleEndian, implicitVrLittleEndian])(
  'compressed instances are decoded for an archive that takes %s only',
  async (syntax) => {
    await using directory = await temporaryDirectory('stow-decoded');
    await using scene = await startStowScene({
      choose: ({ transferSyntaxes }) => (transferSyntaxes[0] === syntax ? syntax : 4),
      settings: { DIMSE_RESPONSE_TIMEOUT_IN_SECS: '20' },
    });
    const paths = await compressedFiles();
    const files = await Promise.all(paths.map((path) => readFile(path)));
    const answer = await storeFiles(scene.url, files);
    expect(String(answer.headers.warning)).toBe('undefined');
    expect(answer.status).toBe(200);
    for (const [index, file] of files.entries()) {
      const original = readPart10(file);
      const stored = scene.archive.stored.find(({ instance }) => instance === original.sopInstance);
      expect(stored?.transferSyntax).toBe(syntax);
      const path = join(directory.path, 'decoded.dcm');
      const header = fileMetaHeader({
        sopClassUid: original.sopClass,
        sopInstanceUid: original.sopInstance,
        transferSyntaxUid: syntax,
      });
      await writeFile(path, Buffer.concat([header, stored?.dataSet ?? Buffer.alloc(0)]));
      const differences = await decodedDifferences(path, { ...original, path: paths[index] ?? '' });
      expect({ name: compressed[index], differences }).toEqual({ name: compressed[index], differences: [] });
    }
    expect(await scene.spooled()).toEqual([]);
  },
  60_000,
);

test('an image that cannot be decoded is refused with 0xC000, and nothing is left of it', async () => {
  await using scene = await startStowScene({
    choose: ({ transferSyntaxes: [syntax = ''] }) => (syntax.startsWith('1.2.840.10008.1.2.4') ? 4 : syntax),
  });
  const [, path = ''] = await compressedFiles();
  const file = await readFile(path);
  const good = instanceFile();
  const answer = await storeFiles(scene.url, [file.subarray(0, file.length - 4000), good.file]);
  expect(answer.status).toBe(202);
  const { stored, failed } = storedAndFailed(answer);
  expect(stored.map(({ instance }) => instance)).toEqual([good.instance]);
  expect(failed).toEqual([{ instance: readPart10(file).sopInstance, reason: 0xc000 }]);
  expect(await scene.spooled()).toEqual([]);
});

const archives: readonly [string, (scp: Peer) => Promise<Peer & AsyncDisposable>][] = [
  ['dcmqrscp', (scp) => startDcmqrscp({ moveDestinations: [scp] })],
  ['Orthanc', (scp) => startOrthanc({ tcpNoDelay: true, modalities: { gateway: scp } })],
];

test.each(archives)(
  'what is stored at %s is found and retrieved at once, also where its study was cached before',
  async (_name, start) => {
    const scp = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
    await using archive = await start(scp);
    await using gateway = await startGateway({ archive, scpPort: scp.port });
    const [first, second] = instanceFiles(2);
    if (first === undefined || second === undefined) throw new Error('There are no instances.');
    const study = `/studies/${first.study}`;
    expect((await storeFiles(`${gateway.stow}${study}`, [first.file])).status).toBe(200);
    const found = (await (
      await fetch(`${gateway.qido}/studies?StudyInstanceUID=${first.study}`)
    ).json()) as unknown[];
    expect(found).toHaveLength(1);
    expect(digestsOf(await retrieve(`${gateway.wado}${study}`))).toEqual(sortedDigests([first]));
    expect((await storeFiles(`${gateway.stow}/studies`, [second.file])).status).toBe(200);
    expect(digestsOf(await retrieve(`${gateway.wado}${study}`))).toEqual(sortedDigests([first, second]));
  },
  60_000,
);

test('a web page of an origin that is not allowed stores nothing', async () => {
  await using scene = await startStowScene();
  const body = multipart([{ body: instanceFile().file }]);
  const refused = await store(scene.url, body, { headers: { Origin: 'https://evil.example' } });
  expect(refused.status).toBe(403);
  expect(scene.archive.stored).toEqual([]);
  const allowed = await store(scene.url, body, { headers: { Origin: 'http://localhost:3000' } });
  expect(allowed.status).toBe(200);
});

test('under the combined root the URLs of the answer are those of that root', async () => {
  await using scene = await startStowScene();
  const one = instanceFile();
  const root = `${scene.gateway.origin}/dicom-web`;
  const { retrieveUrl } = storedAndFailed(await storeFiles(`${root}/studies`, [one.file]));
  expect(retrieveUrl).toBe(`${root}/studies/${one.study}`);
});

test('curl stores a file', async () => {
  await using scene = await startStowScene();
  await using directory = await temporaryDirectory('curl');
  const path = join(directory.path, 'body');
  await writeFile(path, multipart([{ body: instanceFile().file }]));
  const { stdout } = await runTool('curl', [
    ...['-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', `Content-Type: ${multipartType()}`],
    ...['-H', 'Expect: 100-continue', '--data-binary', `@${path}`, scene.url],
  ]);
  expect(stdout).toBe('200');
});
