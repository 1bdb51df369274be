import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeInstance } from '../../broker/dicom/describe-instance.ts';
import type { DicomJson } from '../../broker/dicom/dicom-json.ts';
import { bulkUriMarker, type InstanceDescription } from '../../broker/dicom/instance-description.ts';
import { jsonText } from '../../broker/dicom/json-text.ts';
import { nativeXml } from '../../broker/dicom/native-xml.ts';
import { encodingOf } from '../../broker/domain/transfer-syntax.ts';
import { comparable, dcm2json, withoutFragments } from '../support/dcm2json.ts';
import { startGateway } from '../support/gateway.ts';
import { type Part10, readPart10 } from '../support/part10.ts';
import { realFiles } from '../support/real-files.ts';
import { identifyAll } from '../support/real-instances.ts';
import { type SentPart, multipart, multipartType, store, storedAndFailed } from '../support/stow-client.ts';
import { startStoreScp } from '../support/store-scp.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

interface Sample {
  readonly instance: string;
  readonly file: Buffer;
  readonly path: string;
  readonly part10: Part10;
  readonly description: InstanceDescription;
}

/** Real files whose values can be sent as bulk data: in little endian, each frame a fragment. */
async function samples(): Promise<Map<string, Sample>> {
  const found = new Map<string, Sample>();
  for (const { file: path, instance } of await identifyAll(await realFiles())) {
    const file = await readFile(path);
    if (file.toString('latin1', 128, 132) !== 'DICM') continue;
    const part10 = readPart10(file);
    const { bigEndian, deflated } = encodingOf(part10.transferSyntax);
    if (bigEndian || deflated) continue;
    const description = describeInstance({
      path,
      size: (await stat(path)).size,
      dataSetOffset: file.length - part10.dataSet.length,
      transferSyntaxUid: part10.transferSyntax,
    });
    const isWhole =
      description.problems.length === 0 &&
      description.bulk.every(({ items, path: at }) => {
        const frames = Number(description.dataSet['00280008']?.Value?.[0] ?? 1);
        return items === undefined || (at === '7FE00010' && items.length === frames + 1);
      });
    if (isWhole) found.set(instance, { instance, file, path, part10, description });
  }
  return found;
}

function bulkParts({ instance, file, part10, description }: Sample): SentPart[] {
  return description.bulk.flatMap(({ path, offset, length, items }) => {
    const type = items === undefined ? '' : `; transfer-syntax=${part10.transferSyntax}`;
    const places = items === undefined ? [{ offset, length }] : items.slice(1);
    return places.map((place) => ({
      headers: {
        'Content-Type': `application/octet-stream${type}`,
        'Content-Location': location(instance, path),
      },
      body: file.subarray(place.offset, place.offset + place.length),
    }));
  });
}

function location(instance: string, path: string): string {
  return `http://somewhere/${instance}/bulkdata/${path}`;
}

/** The metadata as a client writes it: with locations of its own, and without what cannot be told in UTF-8. */
function metadataOf({ instance, description }: Sample): DicomJson {
  const text = jsonText(description.dataSet).replaceAll(bulkUriMarker, location(instance, ''));
  return JSON.parse(text) as DicomJson;
}

const forms = [
  {
    type: 'application/dicom+json',
    metadata: (dataSets: readonly DicomJson[]) => [`[${dataSets.map(jsonText).join(',')}]`],
  },
  { type: 'application/dicom+xml', metadata: (dataSets: readonly DicomJson[]) => dataSets.map(nativeXml) },
] as const;

test.each(forms)(
  'real files sent as $type and bulk data are in the archive what they were',
  async (form) => {
    await using scp = await startStoreScp({ fork: true });
    await using gateway = await startGateway({ archive: scp });
    await using directory = await temporaryDirectory('metadata');
    const all = await samples();
    expect(all.size).toBeGreaterThan(140);
    const metadata = form.metadata([...all.values()].map(metadataOf));
    const parts = [
      ...metadata.map((text) => ({ headers: { 'Content-Type': form.type }, body: Buffer.from(text) })),
      ...[...all.values()].flatMap(bulkParts),
    ];
    const contentType = multipartType(form.type);
    const answer = await store(`${gateway.stow}/studies`, multipart(parts), { contentType });
    expect(answer.status).toBe(200);
    const { stored } = storedAndFailed(answer);
    expect(stored.map(({ instance }) => instance).toSorted()).toEqual([...all.keys()].toSorted());
    const received = await scp.received();
    const compare = async ([instance, sample]: [string, Sample]): Promise<boolean> => {
      const path = received.get(instance) ?? `${instance} has not come`;
      const there = await readFile(path);
      expect(fragmentsOf(path, there), sample.path).toEqual(fragmentsOf(sample.path, sample.file));
      const copy = join(directory.path, `${instance}.dcm`);
      await writeFile(copy, withoutFragments(sample.file));
      const was = await dcm2json(copy);
      // It cannot read ISO 2022, say.
      if (was === undefined) return false;
      await writeFile(copy, withoutFragments(there));
      expect(comparable((await dcm2json(copy)) ?? {}), sample.path).toEqual(comparable(was));
      return true;
    };
    const compared: boolean[] = [];
    const rest = [...all];
    const worker = async (): Promise<void> => {
      for (let next = rest.pop(); next !== undefined; next = rest.pop()) compared.push(await compare(next));
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(compared.filter(Boolean).length).toBeGreaterThan(130);
  },
  120_000,
);

/** Transfer syntax and SHA-256 of each fragment of encapsulated pixel data. */
function fragmentsOf(path: string, file: Buffer): string[] {
  const { transferSyntax, dataSet } = readPart10(file);
  const { bulk } = describeInstance({
    path,
    size: file.length,
    dataSetOffset: file.length - dataSet.length,
    transferSyntaxUid: transferSyntax,
  });
  const items = bulk.find((value) => value.path === '7FE00010')?.items?.slice(1) ?? [];
  return items.length === 0
    ? []
    : [
        transferSyntax,
        ...items.map(({ offset, length }) => {
          const bytes = file.subarray(offset, offset + length);
          const padding = Buffer.alloc(length % 2);
          return createHash('sha256').update(bytes).update(padding).digest('hex');
        }),
      ];
}
