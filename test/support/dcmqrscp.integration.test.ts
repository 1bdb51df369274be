import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDcmqrscp } from './dcmqrscp.ts';
import { echoscu, findscu, getscu, movescu } from './dcmtk-tools.ts';
import { generateStudy } from './generated-study.ts';
import { readPart10 } from './part10.ts';
import { textOf } from './read-elements.ts';
import { identifyAll } from './real-instances.ts';
import { realFiles } from './real-files.ts';
import { startStoreScp } from './store-scp.ts';
import { temporaryDirectory } from './temporary-directory.ts';

async function dataSet(file: string): Promise<Buffer> {
  return readPart10(await readFile(file)).dataSet;
}

describe('dcmqrscp', () => {
  it('stores a study, finds it, and sends it by C-MOVE and C-GET', async () => {
    await using directory = await temporaryDirectory();
    await using receiver = await startStoreScp();
    await using archive = await startDcmqrscp({ moveDestinations: [receiver] });
    const study = await generateStudy({
      directory: directory.path,
      instances: 4,
      pixelBytes: 8192,
      series: 2,
    });

    const stored = await archive.store(study.files);
    expect(stored.filter(({ accepted }) => !accepted)).toEqual([]);
    expect((await echoscu(archive)).exitCode).toBe(0);

    const keys = { QueryRetrieveLevel: 'SERIES', StudyInstanceUID: study.studyUid, SeriesInstanceUID: '' };
    const answers = await findscu(archive, keys);
    expect(answers.map((answer) => textOf(answer, '0020000E')).sort()).toEqual([...study.seriesUids].sort());

    const wanted = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: study.studyUid };
    const moved = await movescu(archive, { keys: wanted, destination: receiver.aeTitle });
    expect(moved.status).toBe('Success');
    const received = await receiver.received();
    expect(received.size).toBe(4);
    for (const { instance, file } of study.instances) {
      const sent = received.get(instance) ?? '';
      expect((await dataSet(sent)).equals(await dataSet(file)), instance).toBe(true);
    }

    const got = `${directory.path}/got`;
    expect((await getscu(archive, { keys: wanted, directory: got })).status).toBe('Success');
    const first = study.instances[0];
    if (first === undefined) throw new Error('nothing was generated');
    expect((await dataSet(`${got}/${first.instance}`)).equals(await dataSet(first.file))).toBe(true);
  });

  it('holds more than 1 GiB of a study where it is registered', async () => {
    await using directory = await temporaryDirectory();
    await using archive = await startDcmqrscp({ moveDestinations: [] });
    const study = await generateStudy({ directory: directory.path, instances: 5, pixelBytes: 2 ** 28 });
    await archive.register(study.instances);
    const keys = {
      QueryRetrieveLevel: 'IMAGE',
      StudyInstanceUID: study.studyUid,
      SeriesInstanceUID: study.seriesUids[0] ?? '',
      SOPInstanceUID: '',
    };
    expect(await findscu(archive, keys)).toHaveLength(5);
  });

  it('sends compressed instances in the one transfer syntax that it was started with', async () => {
    const rle = (await identifyAll(await realFiles())).filter(
      ({ file }) => basename(file) === 'MR_small_RLE.dcm',
    );
    const [instance] = rle;
    if (instance === undefined) throw new Error('MR_small_RLE.dcm is missing');
    await using receiver = await startStoreScp();
    await using archive = await startDcmqrscp({
      moveDestinations: [receiver],
      transferSyntax: instance.transferSyntax,
    });
    expect((await archive.store([instance.file]))[0]?.accepted).toBe(true);
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: instance.study };
    await movescu(archive, { keys, destination: receiver.aeTitle });
    const sent = (await receiver.received()).get(instance.instance) ?? '';
    expect(readPart10(await readFile(sent)).transferSyntax).toBe('1.2.840.10008.1.2.5');
  });

  it('refuses a move destination that it does not know', async () => {
    await using directory = await temporaryDirectory();
    await using archive = await startDcmqrscp({ moveDestinations: [] });
    const study = await generateStudy({ directory: directory.path, instances: 1, pixelBytes: 512 });
    await archive.store(study.files);
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: study.studyUid };
    const moved = await movescu(archive, { keys, destination: 'NOBODY' });
    expect(moved.status).toMatch(/MoveDestinationUnknown/);
  });

  it('says for each file why it was not stored', async () => {
    await using directory = await temporaryDirectory();
    await using archive = await startDcmqrscp({ moveDestinations: [] });
    const study = await generateStudy({ directory: directory.path, instances: 1, pixelBytes: 512 });
    const [good] = study.files;
    const [bad] = (await realFiles()).filter((file) => basename(file) === 'MR_truncated.dcm');
    if (good === undefined || bad === undefined) throw new Error('a file is missing');
    const results = await archive.store([bad, good]);
    expect(results.map(({ accepted }) => accepted)).toEqual([false, true]);
    expect(results[0]?.reason).toMatch(/not sent/);
  });
});
