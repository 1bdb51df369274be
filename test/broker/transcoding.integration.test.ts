import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodedDifferences } from '../support/decoded-comparison.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { type Part10, readPart10 } from '../support/part10.ts';
import { pydicomJson } from '../support/pydicom.ts';
import { realFiles } from '../support/real-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type WadoAnswer, asStored, partsOf, retrieve } from '../support/wado-client.ts';

const implicit = '1.2.840.10008.1.2';
const explicit = '1.2.840.10008.1.2.1';
const jpeg = '1.2.840.10008.1.2.4.50';
const jpegLs = '1.2.840.10008.1.2.4.80';
const jpeg2000 = '1.2.840.10008.1.2.4.91';
const mpeg2 = '1.2.840.10008.1.2.4.100';
const multipart = 'multipart/related; type="application/dicom"';

/** Two images, one compressed, and a report in one study; and what cannot be converted, each in its own. */
const studies = {
  mixed: ['SC_rgb_jpeg_dcmtk.dcm', 'MR_small_implicit.dcm', 'test-SR.dcm'],
  wide: ['rtdose_1frame.dcm'],
  damaged: ['JPEG2000-embedded-sequence-delimiter.dcm'],
  video: ['SC_rgb_dcmtk_+eb+cr.dcm'],
};
const program = `
import sys, json, pydicom
study, syntax = sys.argv[1:3]
for number, (source, target) in enumerate(zip(sys.argv[3::2], sys.argv[4::2])):
    data = pydicom.dcmread(source)
    data.StudyInstanceUID = study
    data.SeriesInstanceUID = study + '.' + str(number + 1)
    data.SOPInstanceUID = data.SeriesInstanceUID + '.1'
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    if syntax:
        data.file_meta.TransferSyntaxUID = syntax
    data.save_as(target)
print('{}')
`;

const stack = new AsyncDisposableStack();
let directory: string;
let gateway: Gateway;
let cacheDirectory: string;

beforeAll(async () => {
  directory = stack.use(await temporaryDirectory('transcoding')).path;
  cacheDirectory = stack.use(await temporaryDirectory('transcoding-cache')).path;
  const all = await realFiles();
  const files: string[] = [];
  for (const [name, members] of Object.entries(studies)) {
    const pairs = members.flatMap((member) => [
      all.find((file) => basename(file) === member)!,
      join(directory, `${name}-${member}`),
    ]);
    await pydicomJson(program, [studyUid(name), name === 'video' ? mpeg2 : '', ...pairs]);
    files.push(...pairs.filter((_, index) => index % 2 === 1));
  }
  const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
  const orthanc = stack.use(await startOrthanc({ modalities: { gateway: scp } }));
  await orthanc.upload(files);
  gateway = stack.use(await startGateway({ archive: orthanc, scpPort: scp.port, cacheDirectory }));
});

afterAll(() => stack.disposeAsync());

function studyUid(name: string): string {
  return `1.2.826.0.1.${Object.keys(studies).indexOf(name) + 1}`;
}

function ask(name: keyof typeof studies, accept: string): Promise<WadoAnswer> {
  return retrieve(`${gateway.wado}/studies/${studyUid(name)}`, { accept });
}

function askOne(name: keyof typeof studies, accept: string): Promise<WadoAnswer> {
  const study = studyUid(name);
  return retrieve(`${gateway.wado}/studies/${study}/series/${study}.1/instances/${study}.1.1`, { accept });
}

/** The files of an answer by their place in the study; each part says what it is. */
function filesOf(answer: WadoAnswer): Record<string, Part10 & { readonly body: Buffer }> {
  expect([answer.status < 300, answer.isBroken], answer.body.toString('latin1', 0, 500)).toEqual([
    true,
    false,
  ]);
  return Object.fromEntries(
    partsOf(answer).map(({ contentType, body }) => {
      const file = readPart10(body);
      expect(contentType).toBe(`application/dicom; transfer-syntax=${file.transferSyntax}`);
      return [file.sopInstance.split('.').at(-2)!, { ...file, body }];
    }),
  );
}

function syntaxesOf(answer: WadoAnswer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filesOf(answer)).map(([place, { transferSyntax }]) => [place, transferSyntax]),
  );
}

describe('instances as application/dicom, in the syntax that Accept asks for', () => {
  it('come as stored, uncompressed, or encoded without loss', async () => {
    expect(syntaxesOf(await ask('mixed', asStored))).toEqual({ 1: jpeg, 2: implicit, 3: explicit });
    expect(syntaxesOf(await ask('mixed', multipart))).toEqual({ 1: explicit, 2: explicit, 3: explicit });
    // A report has nothing to compress.
    expect(syntaxesOf(await ask('mixed', `${multipart}; transfer-syntax=${jpegLs}`))).toEqual({
      1: jpegLs,
      2: jpegLs,
      3: explicit,
    });
  });

  it('are the same images, whichever syntax they come in', async () => {
    const stored = join(directory, `mixed-${studies.mixed[0]}`);
    const decoded = join(directory, 'decoded.dcm');
    const files = filesOf(await ask('mixed', multipart));
    await writeFile(decoded, files['1']!.body);
    expect(await decodedDifferences(decoded, { path: stored, transferSyntax: jpeg })).toEqual([]);
    const encoded = filesOf(await ask('mixed', `${multipart}; transfer-syntax=${jpegLs}`));
    const path = join(directory, 'encoded.dcm');
    await writeFile(path, encoded['2']!.body);
    const native = join(directory, 'native.dcm');
    await writeFile(native, files['2']!.body);
    expect(await decodedDifferences(native, { path, transferSyntax: jpegLs })).toEqual([]);
  });

  it('come in the one of several that is wanted most', async () => {
    const both = (one: number, other: number): string =>
      `${multipart}; transfer-syntax=${explicit}; q=${one}, ${multipart}; transfer-syntax=${jpegLs}; q=${other}`;
    expect(syntaxesOf(await ask('mixed', both(0.4, 0.8)))['1']).toBe(jpegLs);
    expect(syntaxesOf(await ask('mixed', both(0.8, 0.4)))['1']).toBe(explicit);
    const stored = `${both(0.9, 0.1)}, ${multipart}; transfer-syntax=${jpeg}; q=0.9`;
    expect(syntaxesOf(await ask('mixed', stored))['1']).toBe(jpeg);
  });

  it('come in the next one where the first cannot hold them', async () => {
    const either = `${multipart}; transfer-syntax=${jpegLs}, ${multipart}; transfer-syntax=1.2.840.10008.1.2.5; q=0.5`;
    expect(syntaxesOf(await ask('wide', either))).toEqual({ 1: '1.2.840.10008.1.2.5' });
    const alone = await ask('wide', `${multipart}; transfer-syntax=${jpegLs}`);
    expect([alone.status, alone.body.toString()]).toEqual([
      406,
      expect.stringMatching(/32 bits in 32/) as string,
    ]);
  });

  it('come in part where the client takes only what one of them has: 206', async () => {
    const answer = await ask('mixed', `${multipart}; transfer-syntax=${jpeg}`);
    expect([answer.status, syntaxesOf(answer)]).toEqual([206, { 1: jpeg }]);
    expect(answer.headers['warning']).toMatch(/2 instances are left out/);
  });

  it('are refused with what can be had where the client takes nothing of it: 406', async () => {
    const wanted = `${multipart}; transfer-syntax=${jpeg}`;
    const answer = await ask('wide', wanted);
    expect(answer.status).toBe(406);
    for (const possible of ['transfer-syntax=* (as stored)', explicit, jpegLs, '1.2.840.10008.1.2.5']) {
      expect(answer.body.toString()).toContain(possible);
    }
    const video = await ask('video', `${multipart}; transfer-syntax=${explicit}`);
    expect(video.status).toBe(406);
    expect(video.body.toString()).not.toContain(jpegLs);
  });

  it('come as stored where they cannot be decoded and the client names no syntax', async () => {
    expect(syntaxesOf(await ask('damaged', multipart))).toEqual({ 1: jpeg2000 });
    expect(syntaxesOf(await ask('video', multipart))).toEqual({ 1: mpeg2 });
    for (const [name, syntax] of [
      ['damaged', jpeg2000],
      ['video', mpeg2],
    ] as const) {
      const single = await askOne(name, 'application/dicom');
      expect([single.status, single.headers['content-type']]).toEqual([
        200,
        `application/dicom; transfer-syntax=${syntax}`,
      ]);
      expect(readPart10(single.body).transferSyntax).toBe(syntax);
    }
    const named = await askOne('damaged', `application/dicom; transfer-syntax=${explicit}`);
    expect([named.status, named.body.toString()]).toEqual([
      502,
      expect.stringMatching(/its compressed data has 3722445056 × 1024 pixels/) as string,
    ]);
  });

  it('as a single part say what they are', async () => {
    for (const syntax of [explicit, jpegLs]) {
      const answer = await askOne('mixed', `application/dicom; transfer-syntax=${syntax}`);
      expect(answer.headers['content-type']).toBe(`application/dicom; transfer-syntax=${syntax}`);
      expect(readPart10(answer.body).transferSyntax).toBe(syntax);
    }
  });

  it('leave no temporary file behind', async () => {
    expect(await readdir(join(cacheDirectory, 'incoming'))).toEqual([]);
    const file = await readFile(join(directory, `mixed-${studies.mixed[0]}`));
    expect(readPart10(file).transferSyntax).toBe(jpeg);
  });
});
