import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDcmqrscp } from '../../support/dcmqrscp.ts';
import type { Peer, StoreResult } from '../../support/dcmtk-tools.ts';
import { freePort } from '../../support/free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from '../../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../../support/generated-study.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { readPart10 } from '../../support/part10.ts';
import { readElements } from '../../support/read-elements.ts';
import { daikonFiles, pydicomTestFiles } from '../../support/real-files.ts';
import { type RealInstance, identifyAll } from '../../support/real-instances.ts';
import { sortedDigests } from '../../support/scripted-study.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { ClientPart, DicomJson } from '../../support/viewer/viewer-api.ts';
import { type Viewer, startViewer } from '../../support/viewer/viewer.ts';

// The npm package dicomweb-client, in a browser: it is made of XMLHttpRequest.

const explicitVrLittleEndian = '1.2.840.10008.1.2.1';
const names = ['CT_small.dcm', 'waveform_ecg.dcm', 'explicit_little.dcm'] as const;
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };

const stack = new AsyncDisposableStack();
let viewer: Viewer;
let generated: GeneratedStudy;
let stored: GeneratedStudy;
let real: Readonly<Record<(typeof names)[number], RealInstance>>;

beforeAll(async () => {
  const { path } = stack.use(await temporaryDirectory('dicomweb-client'));
  generated = await generateStudy({ directory: `${path}/a`, instances: 6, pixelBytes: 8_192, series: 2 });
  stored = await generateStudy({ directory: `${path}/b`, instances: 4, pixelBytes: 8_192, series: 2 });
  const files = [...(await pydicomTestFiles()), ...(await daikonFiles())];
  const wanted = await identifyAll(files.filter((file) => names.some((name) => name === basename(file))));
  real = Object.fromEntries(wanted.map((one) => [basename(one.file), one])) as typeof real;
  viewer = stack.use(await startViewer());
});

afterAll(() => stack.disposeAsync());

interface FillableArchive extends Peer, AsyncDisposable {
  take(files: readonly string[]): Promise<StoreResult[]>;
}

async function startArchive(kind: string): Promise<FillableArchive> {
  if (kind === 'Orthanc') {
    const orthanc = await startOrthanc({ tcpNoDelay: true, modalities: { gateway: scp } });
    return { ...orthanc, take: orthanc.upload };
  }
  const dcmqrscp = await startDcmqrscp({ moveDestinations: [scp] });
  return { ...dcmqrscp, take: dcmqrscp.store };
}

describe.each(['dcmqrscp', 'Orthanc'])('dicomweb-client against a gateway in front of %s', (kind) => {
  const started = new AsyncDisposableStack();
  let gateway: Gateway;

  beforeAll(async () => {
    const archive = started.use(await startArchive(kind));
    const files = [...generated.files, ...Object.values(real).map(({ file }) => file)];
    expect((await archive.take(files)).filter(({ accepted }) => !accepted)).toEqual([]);
    gateway = started.use(await startGateway({ archive, scpPort: scp.port }));
  });

  afterAll(() => started.disposeAsync());

  const call = (method: string, options: Record<string, unknown> = {}, files?: string[]): Promise<unknown> =>
    viewer.callClient({
      root: `${gateway.origin}/dicom-web`,
      method,
      options,
      ...(files === undefined ? {} : { files }),
    });
  const json = async (method: string, options?: Record<string, unknown>): Promise<DicomJson[]> =>
    (await call(method, options)) as DicomJson[];
  const parts = async (method: string, options?: Record<string, unknown>): Promise<ClientPart[]> =>
    (await call(method, options)) as ClientPart[];

  it('searches studies, series and instances', async () => {
    const studyInstanceUID = generated.studyUid;
    const studies = new Set([generated.studyUid, ...Object.values(real).map(({ study }) => study)]);
    expect(new Set(uids(await json('searchForStudies'), '0020000D'))).toEqual(studies);
    const queryParams = { StudyInstanceUID: studyInstanceUID };
    expect(uids(await json('searchForStudies', { queryParams }), '0020000D')).toEqual([studyInstanceUID]);
    const series = await json('searchForSeries', { studyInstanceUID });
    expect(uids(series, '0020000E').sort()).toEqual([...generated.seriesUids].sort());
    const seriesInstanceUID = generated.seriesUids[1] ?? '';
    const ofSeries = await json('searchForInstances', { studyInstanceUID, seriesInstanceUID });
    expect(uids(ofSeries, '00080018').sort()).toEqual(instancesOf(generated, seriesInstanceUID));
    const all = await json('searchForInstances', { studyInstanceUID });
    expect(uids(all, '00080018').sort()).toEqual(instancesOf(generated));
  });

  it('retrieves study, series and instance', async () => {
    const studyInstanceUID = generated.studyUid;
    const [first] = generated.instances;
    const seriesInstanceUID = first?.series ?? '';
    expect(digests(await parts('retrieveStudy', { studyInstanceUID }))).toEqual(
      await digestsOfFiles(generated.files),
    );
    const ofSeries = generated.instances.filter(({ series }) => series === seriesInstanceUID);
    expect(digests(await parts('retrieveSeries', { studyInstanceUID, seriesInstanceUID }))).toEqual(
      await digestsOfFiles(ofSeries.map(({ file }) => file)),
    );
    const one = { studyInstanceUID, seriesInstanceUID, sopInstanceUID: first?.instance };
    const part = (await call('retrieveInstance', one)) as ClientPart;
    expect(digests([part])).toEqual(await digestsOfFiles([first?.file ?? '']));
  });

  it('retrieves the metadata of study, series and instance', async () => {
    const studyInstanceUID = generated.studyUid;
    const seriesInstanceUID = generated.seriesUids[0] ?? '';
    const ofStudy = await json('retrieveStudyMetadata', { studyInstanceUID });
    expect(uids(ofStudy, '00080018').sort()).toEqual(instancesOf(generated));
    const ofSeries = await json('retrieveSeriesMetadata', { studyInstanceUID, seriesInstanceUID });
    expect(uids(ofSeries, '00080018').sort()).toEqual(instancesOf(generated, seriesInstanceUID));
    const ct = real['CT_small.dcm'];
    const [one] = await json('retrieveInstanceMetadata', optionsOf(ct));
    expect(one).toMatchObject({
      '00080018': { vr: 'UI', Value: [ct.instance] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'CompressedSamples^CT1' }] },
      '00280010': { vr: 'US', Value: [128] },
      '00281052': { vr: 'DS', Value: [-1024] },
    });
  });

  it('retrieves frames by number, uncompressed', async () => {
    const frames = real['explicit_little.dcm'];
    const elements = await readElements(frames.file);
    const pixels = elements.get('7FE00010') ?? Buffer.alloc(0);
    const length = Math.ceil(pixels.length / 16);
    for (const frameNumbers of [[1], [16], [2, 9, 16]]) {
      const got = await parts('retrieveInstanceFrames', { ...optionsOf(frames), frameNumbers });
      expect(got.map(bytesOf).map((bytes) => bytes.length)).toEqual(frameNumbers.map(() => length));
      for (const [index, number] of frameNumbers.entries()) {
        const expected = pixels.subarray((number - 1) * length, number * length);
        expect(bytesOf(got[index]).subarray(0, expected.length).equals(expected)).toBe(true);
      }
    }
  });

  it('retrieves bulk data by the URI of the metadata, whole and in part', async () => {
    const ecg = real['waveform_ecg.dcm'];
    const file = await readFile(ecg.file);
    const [metadata] = await json('retrieveInstanceMetadata', optionsOf(ecg));
    const [multiplex] = (metadata?.['54000100']?.Value ?? []) as DicomJson[];
    const [channels, samples] = ['003A0005', '003A0010'].map((tag) => Number(multiplex?.[tag]?.Value?.[0]));
    const options = { BulkDataURI: multiplex?.['54001010']?.BulkDataURI };
    const [whole] = await parts('retrieveBulkData', options);
    expect(bytesOf(whole)).toHaveLength(2 * (channels ?? NaN) * (samples ?? NaN));
    expect(file.includes(bytesOf(whole))).toBe(true);
    // As a single part, which it asks for without naming a media type, the client can take a range.
    const root = `${gateway.origin}/dicom-web`;
    const ranged = { ...options, headers: { Range: 'bytes=100-299' } };
    const single = { root, method: 'retrieveBulkData', options: ranged, singlepart: true };
    const [some] = (await viewer.callClient(single)) as ClientPart[];
    expect(bytesOf(some).equals(bytesOf(whole).subarray(100, 300))).toBe(true);
  });

  it('retrieves rendered instances, frames and thumbnails', async () => {
    const one = { ...optionsOf(real['explicit_little.dcm']), mediaTypes: [{ mediaType: 'image/jpeg' }] };
    for (const [method, options] of [
      ['retrieveInstanceRendered', one],
      ['retrieveInstanceThumbnail', one],
      ['retrieveInstanceFramesRendered', { ...one, frameNumbers: [9] }],
      ['retrieveInstanceFramesThumbnail', { ...one, frameNumbers: [9] }],
    ] as const) {
      const [picture] = [await call(method, options)].flat() as ClientPart[];
      expect([method, picture?.contentType]).toEqual([method, 'image/jpeg']);
      expect(bytesOf(picture).subarray(0, 3).toString('hex')).toBe('ffd8ff');
    }
  });

  it('stores instances, which are found and come back as they were', async () => {
    const files = await Promise.all(stored.files.map((file) => readFile(file, 'base64')));
    await call('storeInstances', {}, files.slice(0, 2));
    await call('storeInstances', { studyInstanceUID: stored.studyUid }, files.slice(2));
    const studyInstanceUID = stored.studyUid;
    const found = await json('searchForInstances', { studyInstanceUID });
    expect(uids(found, '00080018').sort()).toEqual(instancesOf(stored));
    expect(digests(await parts('retrieveStudy', { studyInstanceUID }))).toEqual(
      await digestsOfFiles(stored.files),
    );
  });
});

function optionsOf({ study, series, instance }: RealInstance): Record<string, string> {
  return { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID: instance };
}

function uids(rows: readonly DicomJson[], tag: string): string[] {
  return rows.map((row) => String(row[tag]?.Value?.[0]));
}

function instancesOf({ instances }: GeneratedStudy, ofSeries?: string): string[] {
  const wanted = instances.filter(({ series }) => ofSeries === undefined || series === ofSeries);
  return wanted.map(({ instance }) => instance).sort();
}

function bytesOf(part: ClientPart | undefined): Buffer {
  return Buffer.from(part?.base64 ?? '', 'base64');
}

function digests(some: readonly ClientPart[]): string[] {
  expect(new Set(some.map(({ contentType }) => contentType))).toEqual(new Set(['application/dicom']));
  const files = some.map((part) => readPart10(bytesOf(part)));
  expect(new Set(files.map(({ transferSyntax }) => transferSyntax))).toEqual(
    new Set([explicitVrLittleEndian]),
  );
  return sortedDigests(files);
}

async function digestsOfFiles(files: readonly string[]): Promise<string[]> {
  return sortedDigests(await Promise.all(files.map(async (file) => readPart10(await readFile(file)))));
}
