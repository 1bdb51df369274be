import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Association } from '../../../broker/dimse/association.ts';
import { echoScu } from '../../../broker/dimse/echo-scu.ts';
import { findScu } from '../../../broker/dimse/find-scu.ts';
import { getScu } from '../../../broker/dimse/get-scu.ts';
import { moveScu } from '../../../broker/dimse/move-scu.ts';
import { storeScu } from '../../../broker/dimse/store-scu.ts';
import type { StoreHandler } from '../../../broker/dimse/store-service.ts';
import { writeDataSet } from '../../../broker/dicom/data-set-writer.ts';
import { readDataSet } from '../../../broker/dicom/data-set-reader.ts';
import {
  encodingOf,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../../../broker/domain/transfer-syntax.ts';
import { associationRequest } from '../../support/association-request.ts';
import { type Dcmqrscp, startDcmqrscp } from '../../support/dcmqrscp.ts';
import { encode } from '../../support/explicit-encoder.ts';
import { type GeneratedStudy, generateStudy } from '../../support/generated-study.ts';
import { readPart10 } from '../../support/part10.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';
import { type StoreScp, startStoreScp } from '../../support/store-scp.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';

const limits = {
  connectTimeoutMs: 5_000,
  associationTimeoutMs: 5_000,
  transferTimeoutMs: 5_000,
  maxPduLength: 131_072,
};
const implicit = encodingOf(implicitVrLittleEndian);

let directory: TemporaryDirectory;
let receiver: StoreScp;
let archive: Dcmqrscp;
let study: GeneratedStudy;

beforeAll(async () => {
  directory = await temporaryDirectory();
  receiver = await startStoreScp();
  archive = await startDcmqrscp({ moveDestinations: [receiver] });
  study = await generateStudy({ directory: directory.path, instances: 12, pixelBytes: 131_072 });
  await archive.store(study.files);
});

afterAll(async () => {
  await archive[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

async function open(peer: Dcmqrscp | StoreScp): Promise<Association> {
  return Association.open(associationRequest(peer, limits));
}

function keys(level: string, more: Record<string, string>): Buffer {
  const elements = { '00080052': level, '0020000D': study.studyUid, ...more };
  const dataSet = Object.fromEntries(
    Object.entries(elements).map(([tag, value]) => [
      tag,
      { vr: tag === '00080052' ? 'CS' : 'UI', ...(value === '' ? {} : { Value: [value] }) },
    ]),
  );
  return writeDataSet(dataSet, implicit);
}

async function dataSetOf(instance: string): Promise<Buffer> {
  const file = study.instances.find((one) => one.instance === instance)?.file ?? '';
  return readPart10(await readFile(file)).dataSet;
}

describe('dcmqrscp', () => {
  it('answers C-ECHO, and C-FIND with every instance, on one association', async () => {
    const association = await open(archive);
    expect(await echoScu(association, 2_000)).toBeGreaterThan(0);
    const identifier = keys('IMAGE', { '0020000E': study.seriesUids[0] ?? '', '00080018': '' });
    for (let count = 0; count < 2; count += 1) {
      const answers = await Array.fromAsync(
        findScu(association, { identifier, timeoutMs: 2_000, signal: undefined }),
      );
      const found = answers.map(
        (answer) => readDataSet(answer.identifier, implicit).dataSet['00080018']?.Value?.[0],
      );
      expect(found.sort()).toEqual(study.instances.map(({ instance }) => instance).sort());
    }
    await association.release();
    expect(await association.closed).toBeUndefined();
  });

  it('ends a C-FIND on C-CANCEL, and the association goes on', async () => {
    const association = await open(archive);
    const identifier = keys('IMAGE', { '0020000E': study.seriesUids[0] ?? '', '00080018': '' });
    for (let count = 0; count < 5; count += 1) {
      for await (const _answer of findScu(association, { identifier, timeoutMs: 2_000, signal: undefined }))
        break;
      expect(association.isIdle).toBe(true);
    }
    expect(await echoScu(association, 2_000)).toBeGreaterThan(0);
    await association.release();
  });

  it('sends a study by C-MOVE and counts', async () => {
    const association = await open(archive);
    const end = await moveScu(association, {
      destination: receiver.aeTitle,
      identifier: keys('STUDY', {}),
      timeoutMs: 10_000,
      signal: undefined,
      onProgress: () => undefined,
    });
    await association.release();
    expect(end).toMatchObject({ status: 0, completed: 12, failed: 0 });
    expect((await receiver.received()).size).toBe(12);
  });

  it('says 0xA801 for a destination that it does not know', async () => {
    const association = await open(archive);
    const end = await moveScu(association, {
      destination: 'NOBODY',
      identifier: keys('STUDY', {}),
      timeoutMs: 10_000,
      signal: undefined,
      onProgress: () => undefined,
    });
    await association.release();
    expect(end.status).toBe(0xa801);
  });

  it('sends a study by C-GET on the same association, the data sets byte for byte', async () => {
    const got = new Map<string, Buffer>();
    const handler: StoreHandler = {
      open: (request) => {
        const parts: Buffer[] = [];
        expect(request).toMatchObject({
          transferSyntaxUid: explicitVrLittleEndian,
          callingAeTitle: archive.aeTitle,
        });
        return {
          write: (bytes) => void parts.push(Buffer.from(bytes)),
          end: () => {
            got.set(request.sopInstanceUid, Buffer.concat(parts));
            return { status: 0 };
          },
          abort: () => undefined,
        };
      },
    };
    // More classes than an association has contexts for: roles are proposed for those that fit only.
    const others = Array.from({ length: 200 }, (_, index) => ({
      sopClass: `1.2.3.${index}`,
      transferSyntax: explicitVrLittleEndian,
    }));
    const end = await getScu({
      ...associationRequest(archive, limits),
      identifier: keys('STUDY', {}),
      storage: [{ sopClass: storageSopClasses.ct, transferSyntax: explicitVrLittleEndian }, ...others],
      responseTimeoutMs: 10_000,
      quickAck: undefined,
      handler,
      signal: undefined,
      onProgress: () => undefined,
    });
    expect(end).toMatchObject({ status: 0, completed: 12 });
    expect(got.size).toBe(12);
    for (const [instance, dataSet] of got)
      expect(dataSet.equals(await dataSetOf(instance)), instance).toBe(true);
  });

  it('rejects who calls it by another name, and what it was called is told', async () => {
    const wrong = { ...archive, aeTitle: 'SOMEBODY' };
    const error: unknown = await open(wrong).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'association-rejected' });
    expect(String((error as { remedy?: string }).remedy)).toMatch(/SOMEBODY/);
  });
});

describe('storescp', () => {
  it('stores what C-STORE sends, byte for byte, and refuses a class that was not negotiated', async () => {
    const association = await open(receiver);
    const sopClass = storageSopClasses.secondaryCapture;
    const dataSet = encode([
      [0x0008, 0x0016, 'UI', sopClass],
      [0x0008, 0x0018, 'UI', '1.2.3.4.5'],
      [0x7fe0, 0x0010, 'OW', Buffer.alloc(300_000, 3)],
    ]);
    const instance = {
      sopClassUid: sopClass,
      sopInstanceUid: '1.2.3.4.5',
      transferSyntaxUid: explicitVrLittleEndian,
      dataSet: (async function* () {
        for (let at = 0; at < dataSet.length; at += 10_001) yield dataSet.subarray(at, at + 10_001);
      })(),
    };
    expect(await storeScu(association, instance, { timeoutMs: 5_000, signal: undefined })).toMatchObject({
      status: 0,
    });
    const other = { ...instance, sopClassUid: storageSopClasses.ct };
    await expect(storeScu(association, other, { timeoutMs: 5_000, signal: undefined })).rejects.toMatchObject(
      {
        code: 'context-not-accepted',
      },
    );
    await association.release();
    const file = (await receiver.received()).get('1.2.3.4.5') ?? '';
    expect(readPart10(await readFile(file)).dataSet.equals(dataSet)).toBe(true);
  });
});
