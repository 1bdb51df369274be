import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cache } from '../../../broker/cache/cache.ts';
import { instancePath } from '../../../broker/cache/instance-path.ts';
import { Metadata } from '../../../broker/cache/metadata.ts';
import type { InstanceName, StoredInstance } from '../../../broker/cache/stored-instance.ts';
import { StudySummaries } from '../../../broker/cache/study-summaries.ts';
import type { ListedStudy } from '../../../broker/cache/study-summary.ts';
import { fileMetaHeader } from '../../../broker/dicom/file-meta.ts';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { encode } from '../../support/explicit-encoder.ts';
import { nameOf, sopClass, TestCache } from './cached-files.ts';

let files: TestCache;
let cache: Cache;
let metadata: Metadata;
let summaries: StudySummaries;

beforeEach(async () => {
  files = new TestCache();
  await open();
});
afterEach(async () => {
  await close();
  await files.remove();
});

async function open(): Promise<void> {
  cache = await files.open();
  metadata = new Metadata({ directory: files.directory, logger: files.logger });
  summaries = new StudySummaries({ cache, metadata, logger: files.logger });
}

async function close(): Promise<void> {
  await summaries.close();
  await metadata.close();
}

/** Writes the file of an instance of a patient, as the receiver does. */
function write(name: InstanceName, patientName: string, modality = 'CT'): StoredInstance {
  const dataSet = encode([
    [0x0008, 0x0005, 'CS', 'ISO_IR 192'],
    [0x0008, 0x0016, 'UI', sopClass],
    [0x0008, 0x0018, 'UI', name.instance],
    [0x0008, 0x0060, 'CS', modality],
    [0x0010, 0x0010, 'PN', patientName],
    [0x0020, 0x000d, 'UI', name.study],
    [0x0020, 0x000e, 'UI', name.series],
  ]);
  const header = fileMetaHeader({
    sopClassUid: sopClass,
    sopInstanceUid: name.instance,
    transferSyntaxUid: explicitVrLittleEndian,
  });
  const file = Buffer.concat([header, dataSet]);
  const path = instancePath(files.directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file);
  const rest = { sopClassUid: sopClass, transferSyntaxUid: explicitVrLittleEndian };
  return { ...name, ...rest, path, size: file.length, dataSetOffset: header.length, crc32: crc32(file) };
}

function arrive(instance: StoredInstance): void {
  cache.add(instance);
  summaries.arrived(instance);
}

function listed(study: number): ListedStudy | undefined {
  return cache.catalogue.study('default', nameOf(study, 1, 1).study);
}

async function untilListed(study: number, expected: Partial<ListedStudy>): Promise<void> {
  await vi.waitFor(
    () => {
      expect(listed(study)).toMatchObject(expected);
    },
    { timeout: 10_000 },
  );
}

describe('what a study is about', () => {
  test('is known a moment after it has begun to arrive, from one instance of each series', async () => {
    const asked = vi.spyOn(metadata, 'outlines');
    for (let instance = 1; instance <= 20; instance++) {
      arrive(write(nameOf(1, 1 + (instance % 2), instance), 'Müller^Zoë', instance % 2 === 0 ? 'CT' : 'SR'));
    }
    await untilListed(1, { patientName: 'Müller^Zoë', modalities: ['CT', 'SR'], series: 2, instances: 20 });
    expect(asked.mock.calls.flatMap(([instances]) => instances)).toHaveLength(2);
  });

  test('is found out anew when the study comes again', async () => {
    arrive(write(nameOf(1, 1, 1), 'Wrong^Name'));
    await untilListed(1, { patientName: 'Wrong^Name' });
    await cache.remove('default', nameOf(1, 1, 1).study);
    summaries.forget('default', nameOf(1, 1, 1).study);
    arrive(write(nameOf(1, 1, 1), 'Right^Name'));
    await untilListed(1, { patientName: 'Right^Name' });
  });

  test('is found out in the background for a cache that does not know it', async () => {
    for (let study = 1; study <= 70; study++) cache.add(write(nameOf(study, 1, 1), `Patient^${study}`));
    unlinkSync(cache.find('default', { level: 'study', study: nameOf(7, 1, 1).study })[0]!.path);
    summaries.rebuild();
    await untilListed(70, { patientName: 'Patient^70' });
    for (let study = 1; study <= 70; study++) {
      expect(listed(study)?.patientName).toBe(study === 7 ? '' : `Patient^${study}`);
    }
  });

  test('needs no second look after a restart', async () => {
    arrive(write(nameOf(1, 1, 1), 'Doe^Jane'));
    await untilListed(1, { patientName: 'Doe^Jane' });
    await close();
    await open();
    const asked = vi.spyOn(metadata, 'outlines');
    summaries.rebuild();
    await summaries.close();
    expect(listed(1)?.patientName).toBe('Doe^Jane');
    expect(asked).not.toHaveBeenCalled();
  });

  test('is text as it came, without what controls a terminal, and no longer than people read', async () => {
    arrive(write(nameOf(1, 1, 1), `<script>alert(1)</script>\u001b[2J\u0000'); DROP TABLE study; --`));
    arrive(write(nameOf(2, 1, 1), 'x'.repeat(10_000)));
    await untilListed(1, { patientName: `<script>alert(1)</script> [2J '); DROP TABLE study; --` });
    await untilListed(2, { patientName: `${'x'.repeat(255)}…` });
  });
});
