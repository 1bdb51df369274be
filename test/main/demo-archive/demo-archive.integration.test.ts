import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoArchive } from '../../../main/demo-archive/demo-archive.ts';
import type { DemoArchive } from '../../../main/demo-archive/demo-archive.ts';
import { echoscu, findscu, getscu, movescu } from '../../support/dcmtk-tools.ts';
import type { Peer } from '../../support/dcmtk-tools.ts';
import { readPart10 } from '../../support/part10.ts';
import { readElements, textOf } from '../../support/read-elements.ts';
import { runTool } from '../../support/run-tool.ts';
import { startStoreScp } from '../../support/store-scp.ts';
import type { StoreScp } from '../../support/store-scp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let receiver: StoreScp;
let archive: DemoArchive;
let peer: Peer;

beforeAll(async () => {
  receiver = await startStoreScp();
  archive = await startDemoArchive({ aeTitle: 'DEMO', port: 0, destinations: [receiver] });
  peer = { host: '127.0.0.1', port: archive.port, aeTitle: archive.aeTitle };
});

afterAll(async () => {
  await archive.stop();
  await receiver[Symbol.asyncDispose]();
});

async function studyOf(patientId: string): Promise<string> {
  const keys = { QueryRetrieveLevel: 'STUDY', PatientID: patientId, StudyInstanceUID: '' };
  const [study] = await findscu(peer, keys);
  return textOf(study, '0020000D');
}

describe('queries', () => {
  it('finds studies with their counts', async () => {
    const answers = await findscu(peer, {
      QueryRetrieveLevel: 'STUDY',
      PatientID: '',
      ModalitiesInStudy: '',
      NumberOfStudyRelatedSeries: '',
      NumberOfStudyRelatedInstances: '',
    });
    const rows = answers.map((answer) =>
      ['00100020', '00080061', '00201206', '00201208'].map((tag) => textOf(answer, tag)),
    );
    expect(rows).toEqual([
      ['DEMO1', 'CT', '1', '40'],
      ['DEMO2', 'US', '1', '1'],
      ['DEMO3', 'MR', '1', '5'],
      ['DEMO4', 'CR', '1', '1'],
    ]);
  });

  it.each([
    [{ PatientName: 'phantom^*' }, 3],
    [{ PatientName: 'Phantom^H????' }, 1],
    [{ StudyDate: '20250401-20250520' }, 2],
    [{ StudyDate: '20250521-' }, 1],
    [{ ModalitiesInStudy: 'MR' }, 1],
    [{ StudyInstanceUID: '1.2.3' }, 0],
    [{ PatientName: 'Nobody' }, 0],
  ])('matches %j', async (keys, count) => {
    expect(await findscu(peer, { QueryRetrieveLevel: 'STUDY', ...keys })).toHaveLength(count);
  });

  it('takes a list of UIDs', async () => {
    const uids = `${await studyOf('DEMO1')}\\${await studyOf('DEMO2')}`;
    expect(await findscu(peer, { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: uids })).toHaveLength(2);
  });

  it('finds series and instances of a study', async () => {
    const StudyInstanceUID = await studyOf('DEMO3');
    const series = await findscu(peer, {
      QueryRetrieveLevel: 'SERIES',
      StudyInstanceUID,
      SeriesInstanceUID: '',
      NumberOfSeriesRelatedInstances: '',
    });
    expect(series.map((answer) => textOf(answer, '00201209'))).toEqual(['5']);
    const keys = { QueryRetrieveLevel: 'IMAGE', StudyInstanceUID, SOPInstanceUID: '', InstanceNumber: '' };
    const instances = await findscu(peer, keys);
    expect(instances.map((answer) => textOf(answer, '00200013'))).toEqual(['1', '2', '3', '4', '5']);
  });

  it('gives the Japanese name in ISO 2022', async () => {
    const keys = { QueryRetrieveLevel: 'STUDY', PatientID: 'DEMO4', PatientName: '' };
    const [answer] = await findscu(peer, keys);
    expect(textOf(answer, '00080005')).toBe('\\ISO 2022 IR 87');
    const name = new TextDecoder('iso-2022-jp').decode(answer?.get('00100010'));
    expect(name).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう');
  });
});

describe('retrieves', () => {
  it('sends a series by C-MOVE as images that DCMTK can show', async () => {
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: await studyOf('DEMO1') };
    expect((await movescu(peer, { keys, destination: receiver.aeTitle })).status).toBe('Success');
    const files = [...(await receiver.received()).values()];
    expect(files).toHaveLength(40);
    await using directory = await temporaryDirectory();
    const picture = join(directory.path, 'slice.pgm');
    const shown = await runTool('dcm2pnm', ['+Wi', '1', files[0] ?? '', picture]);
    expect(shown.output).not.toMatch(/^[EFW]:/m);
    const pixels = (await readFile(picture)).subarray(-256 * 256);
    expect(new Set(pixels).size).toBeGreaterThan(2);
  });

  it('sends by C-GET the compressed series, which DCMTK can decompress', async () => {
    await using directory = await temporaryDirectory();
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: await studyOf('DEMO3') };
    const got = await getscu(peer, { keys, directory: directory.path, prefer: '+xr' });
    expect(got.status).toBe('Success');
    const { stdout } = await runTool('ls', [directory.path]);
    const files = stdout.trim().split('\n');
    expect(files).toHaveLength(5);
    const file = join(directory.path, files[0] ?? '');
    expect(readPart10(await readFile(file)).transferSyntax).toBe('1.2.840.10008.1.2.5');
    const plain = join(directory.path, 'plain.dcm');
    const decompressed = await runTool('dcmdrle', [file, plain]);
    expect(decompressed.exitCode, decompressed.output).toBe(0);
    const pixels = readPart10(await readFile(plain)).dataSet.subarray(-256 * 256 * 2);
    const samples = new Set(Array.from({ length: 256 * 256 }, (_, index) => pixels.readUInt16LE(2 * index)));
    expect([...samples].sort((one, other) => one - other)).toEqual([0, 250, 500, 900]);
  });

  it('sends the ultrasound loop as one instance of 20 frames', async () => {
    await using directory = await temporaryDirectory();
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: await studyOf('DEMO2') };
    expect((await getscu(peer, { keys, directory: directory.path })).status).toBe('Success');
    const { stdout } = await runTool('ls', [directory.path]);
    const header = await readElements(join(directory.path, stdout.trim()));
    expect(textOf(header, '00280008')).toBe('20');
    expect(header.get('7FE00010')).toHaveLength(20 * 256 * 256);
  });

  it('names an unknown move destination', async () => {
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: await studyOf('DEMO2') };
    expect((await movescu(peer, { keys, destination: 'NOBODY' })).status).toMatch(/MoveDestinationUnknown/);
  });

  it('takes a retrieve without a UID for nothing, not for everything', async () => {
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '' };
    const moved = await movescu(peer, { keys, destination: receiver.aeTitle });
    expect(moved.output).not.toMatch(/Pending/);
  });

  it('reports a destination that nobody listens at', async () => {
    const nobody = { aeTitle: 'GONE', host: '127.0.0.1', port: 1 };
    const other = await startDemoArchive({ aeTitle: 'OTHER', port: 0, destinations: [nobody] });
    try {
      const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: await studyOf('DEMO3') };
      const moved = await movescu({ ...peer, ...other }, { keys, destination: 'GONE' });
      expect(moved.status).toMatch(/OutOfResourcesSubOperations/);
    } finally {
      await other.stop();
    }
  });
});

describe('the archive itself', () => {
  it('answers C-ECHO under its own title only', async () => {
    expect((await echoscu(peer)).exitCode).toBe(0);
    const wrong = await echoscu({ ...peer, aeTitle: 'WRONG' });
    expect(wrong.output).toMatch(/Called AE Title Not Recognized/);
  });

  it('keeps no process alive once it is stopped, also where a peer is still connected', async () => {
    const program = `
      import { createConnection } from 'node:net';
      import { once } from 'node:events';
      import { startDemoArchive } from ${JSON.stringify(import.meta.resolve('../../../main/demo-archive/demo-archive.ts'))};
      const abort = new AbortController();
      const options = { aeTitle: 'OTHER', port: 0, destinations: [], signal: abort.signal };
      const { port } = await startDemoArchive(options);
      const socket = createConnection(port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      setTimeout(() => abort.abort(), 50);
      await once(socket, 'close');
      console.log('stopped');`;
    const args = ['--input-type=module-typescript', '--eval', program];
    const { stdout, exitCode } = await runTool(process.execPath, args, { timeoutMs: 10_000 });
    expect([stdout.trim(), exitCode]).toEqual(['stopped', 0]);
  });

  it('says when its port is taken', async () => {
    const started = startDemoArchive({ aeTitle: 'OTHER', port: archive.port, destinations: [] });
    await expect(started).rejects.toThrow(/EADDRINUSE/);
  });
});
