import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { echoscu, findscu, getscu, movescu } from './dcmtk-tools.ts';
import { generateStudy } from './generated-study.ts';
import { startOrthanc } from './orthanc.ts';
import { readPart10 } from './part10.ts';
import { textOf } from './read-elements.ts';
import { realFiles } from './real-files.ts';
import { startStoreScp } from './store-scp.ts';
import { temporaryDirectory } from './temporary-directory.ts';

it('takes files by REST and answers C-ECHO, C-FIND, C-MOVE, C-GET and DICOMweb to anybody', async () => {
  await using directory = await temporaryDirectory();
  await using receiver = await startStoreScp({ aeTitle: 'RECEIVER' });
  await using archive = await startOrthanc({ modalities: { receiver }, dicomWeb: true });
  const study = await generateStudy({ directory: directory.path, instances: 3, pixelBytes: 8192 });
  const broken = (await realFiles()).find((file) => basename(file) === 'MR_truncated.dcm') ?? '';

  const uploaded = await archive.upload([...study.files, broken]);
  expect(uploaded.map(({ accepted }) => accepted)).toEqual([true, true, true, false]);
  expect((await echoscu(archive, { callingAeTitle: 'STRANGER' })).exitCode).toBe(0);

  const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: study.studyUid };
  const answers = await findscu({ ...archive, aeTitle: 'ANY' }, { ...keys, PatientName: '' });
  expect(answers.map((answer) => textOf(answer, '00100010'))).toEqual(['Generated^Patient']);

  expect((await movescu(archive, { keys, destination: 'RECEIVER' })).status).toBe('Success');
  const received = await receiver.received();
  for (const { instance, file } of study.instances) {
    const sent = await readFile(received.get(instance) ?? '');
    expect(readPart10(sent).dataSet.equals(readPart10(await readFile(file)).dataSet), instance).toBe(true);
  }

  const got = await getscu(archive, { keys, directory: `${directory.path}/got` });
  expect(got.status).toBe('Success');

  const response = await fetch(`${archive.dicomWebUrl}/studies?StudyInstanceUID=${study.studyUid}`);
  expect(await response.json()).toHaveLength(1);
});
