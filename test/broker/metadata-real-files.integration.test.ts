import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DicomJson, JsonAttribute } from '../../broker/dicom/dicom-json.ts';
import { patientNames } from '../support/character-set-studies.ts';
import { comparable, dcm2json, withoutFragments } from '../support/dcm2json.ts';
import { type FilledArchive, filledArchives } from '../support/filled-archive.ts';
import { startGateway } from '../support/gateway.ts';
import { asXmlSays, readNativeXml } from '../support/native-xml-reader.ts';
import { readPart10 } from '../support/part10.ts';
import { realFiles } from '../support/real-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { retrieve } from '../support/wado-client.ts';

interface Told {
  readonly file: string;
  /** As the metadata says. */
  readonly json: DicomJson;
  /** The same with the bytes in the place of each BulkDataURI. */
  readonly whole: DicomJson;
  /** What the XML says. */
  readonly xml: unknown;
  /** What dcm2json makes of the file that the archive sends; undefined where it fails. */
  readonly dcm2json: DicomJson | undefined;
  /** Fragments of the pixel data of the file that the archive sends, one after the other. */
  readonly fragments: Buffer | undefined;
  /** The bytes that the gateway gives for the pixel data. */
  readonly pixels: readonly Buffer[];
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const told: Told[] = [];

beforeAll(async () => {
  directory = await temporaryDirectory('metadata-real');
  for await (const filled of filledArchives('dcmqrscp', await realFiles()))
    told.push(...(await allOf(filled)));
}, 180_000);
afterAll(() => directory[Symbol.asyncDispose]());

async function allOf({ archive, scpPort, accepted, sent }: FilledArchive): Promise<Told[]> {
  if (accepted.length === 0) return [];
  await using gateway = await startGateway({ archive, scpPort });
  const all: Told[] = [];
  for (const study of new Set(accepted.map((one) => one.study))) {
    const url = `${gateway.wado}/studies/${study}/metadata`;
    const json = await retrieve(url, { accept: 'application/dicom+json' });
    const xml = await retrieve(url, { accept: 'multipart/related; type="application/dicom+xml"' });
    expect([json.status, json.isBroken, xml.status, xml.isBroken]).toEqual([200, false, 200, false]);
    const documents = xml.body
      .toString()
      .split(/\r\n\r\n/)
      .slice(1)
      .map((part) => part.split('\r\n--')[0] ?? '');
    const dataSets = JSON.parse(json.body.toString()) as DicomJson[];
    expect(documents).toHaveLength(dataSets.length);
    for (const [index, dataSet] of dataSets.entries()) {
      const instance = dataSet['00080018']?.Value?.[0] as string;
      const known = accepted.find((one) => one.instance === instance);
      const path = sent.get(instance)?.path ?? '';
      all.push({
        file: basename(known?.file ?? instance),
        json: dataSet,
        ...(await withBytes(dataSet)),
        xml: readNativeXml(documents[index] ?? ''),
        dcm2json: await referenceOf(path),
        fragments: fragmentsOf(await readFile(path)),
      });
    }
    expect(dataSets.map((one) => one['00080018']?.Value?.[0]).sort()).toEqual(
      accepted
        .filter((one) => one.study === study)
        .map((one) => one.instance)
        .sort(),
    );
  }
  return all;
}

async function referenceOf(path: string): Promise<DicomJson | undefined> {
  const copy = join(directory.path, 'copy.dcm');
  await writeFile(copy, withoutFragments(await readFile(path)));
  return await dcm2json(copy);
}

/** The data set with inline values for URIs, but for compressed pixel data, which has no inline form. */
async function withBytes(dataSet: DicomJson): Promise<Pick<Told, 'whole' | 'pixels'>> {
  const pixels: Buffer[] = [];
  const filled = async (attributes: DicomJson): Promise<DicomJson> => {
    const entries = Object.entries(attributes).map(
      async ([tag, attribute]): Promise<[string, JsonAttribute][]> => {
        if (attribute.vr === 'SQ') {
          const items = await Promise.all(
            (attribute.Value ?? []).map((item) => filled((item ?? {}) as DicomJson)),
          );
          return [[tag, { ...attribute, ...(items.length === 0 ? {} : { Value: items }) }]];
        }
        const { vr, BulkDataURI } = attribute;
        if (BulkDataURI === undefined) return [[tag, attribute]];
        const parts = await bulkParts(BulkDataURI);
        if (tag === '7FE00010') pixels.push(...parts.map(({ bytes }) => bytes));
        const [only] = parts;
        if (parts.length > 1 || only?.type.includes('transfer-syntax') === true) return [];
        const bytes = only?.bytes ?? Buffer.alloc(0);
        // An empty value has no InlineBinary.
        return [[tag, bytes.length === 0 ? { vr } : { vr, InlineBinary: bytes.toString('base64') }]];
      },
    );
    return Object.fromEntries((await Promise.all(entries)).flat());
  };
  return { whole: await filled(dataSet), pixels };
}

async function bulkParts(url: string): Promise<{ type: string; bytes: Buffer }[]> {
  const { status, isBroken, headers, body } = await retrieve(url, {
    accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*',
  });
  expect([url, status, isBroken]).toEqual([url, 200, false]);
  const boundary = /boundary=(\w+)/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const parts: { type: string; bytes: Buffer }[] = [];
  let at = body.indexOf('\r\n\r\n');
  while (at >= 0) {
    const head = body.toString('latin1', 0, at);
    const end = body.indexOf(`\r\n--${boundary}`, at + 4);
    parts.push({ type: head.slice(head.lastIndexOf('Content-Type:')), bytes: body.subarray(at + 4, end) });
    at = body.indexOf('\r\n\r\n', end);
  }
  return parts;
}

/** The fragments behind the Basic Offset Table, joined; undefined where the pixel data is native. */
function fragmentsOf(file: Buffer): Buffer | undefined {
  const { dataSet } = readPart10(file);
  let at = dataSet.indexOf(Buffer.from('E07F10004F420000FFFFFFFF', 'hex'));
  if (at < 0) return undefined;
  const fragments: Buffer[] = [];
  for (at += 12; dataSet.readUInt32LE(at) === 0xe000fffe;) {
    const length = dataSet.readUInt32LE(at + 4);
    fragments.push(dataSet.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(fragments.slice(1));
}

describe('the metadata of every real file', () => {
  test('is there', () => {
    expect(told).toHaveLength(181);
  });

  test('says what dcm2json says, bulk data included', () => {
    const compared = told.filter((one) => one.dcm2json !== undefined);
    for (const { file, whole, dcm2json: theirs = {} } of compared) {
      expect([file, comparable(withoutPixels(whole, theirs))]).toEqual([file, comparable(theirs)]);
    }
    // It refuses some ISO 2022 sets.
    expect(compared.length).toBeGreaterThan(160);
  });

  test('has the patient names of every character set', () => {
    for (const { file, json } of told) {
      const name = patientNames[basename(file, '.dcm')];
      if (name === undefined) continue;
      const item = (json['00321064']?.Value?.[0] ?? {}) as DicomJson;
      expect([file, (json['00100010'] ?? item['00100010'])?.Value?.[0]]).toEqual([file, name]);
    }
  });

  test('says the same as XML', () => {
    for (const { file, json, xml } of told) expect([file, xml]).toEqual([file, asXmlSays(json)]);
  });

  test('names the frames of compressed pixel data, whose bytes are those of the file', () => {
    const compressed = told.filter(({ fragments }) => fragments !== undefined);
    expect(compressed.length).toBeGreaterThan(30);
    for (const { file, fragments, pixels } of compressed) {
      expect([file, Buffer.concat(pixels).equals(fragments ?? Buffer.alloc(0))]).toEqual([file, true]);
    }
  });
});

/** Encapsulated pixel data, and what follows it, is not there in what dcm2json was given. */
function withoutPixels(ours: DicomJson, theirs: DicomJson): DicomJson {
  if (theirs['7FE00010'] !== undefined) return ours;
  return Object.fromEntries(Object.entries(ours).filter(([tag]) => tag < '7FE00010'));
}
