import { describe, expect, it } from 'vitest';
import { type AskStep, sampleInstance } from '../../../../broker/archive/check/sample-instance.ts';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { parseUid } from '../../../../broker/domain/uid.ts';

const study = parseUid('1.2', 'It');

function series(uid: string, count?: number): DicomJson {
  return {
    '00080060': { vr: 'CS', Value: ['CT'] },
    '0020000E': { vr: 'UI', Value: [uid] },
    ...(count === undefined ? {} : { '00201209': { vr: 'IS', Value: [count] } }),
  };
}

function instance(uid: string, rows?: number, frames?: number): DicomJson {
  return {
    '00080018': { vr: 'UI', Value: [uid] },
    ...(rows === undefined ? {} : { '00280010': { vr: 'US', Value: [rows] } }),
    ...(rows === undefined ? {} : { '00280011': { vr: 'US', Value: [rows] } }),
    ...(frames === undefined ? {} : { '00280008': { vr: 'IS', Value: [frames] } }),
  };
}

/** An archive in memory; `asked` counts what it was asked for. */
function archiveOf(allSeries: DicomJson[], instances: (series: string) => DicomJson[]) {
  const given = { series: 0, instances: 0 };
  const ask: AskStep = async function* (step) {
    const answers = step.level === 'series' ? allSeries : instances(step.series ?? '');
    for (const answer of answers) {
      given[step.level === 'series' ? 'series' : 'instances'] += 1;
      yield await Promise.resolve(answer);
    }
  };
  return { ask, given };
}

describe('the instance of a test retrieval', () => {
  it('is the smallest as far as the archive tells', async () => {
    const { ask } = archiveOf([series('1.2.1')], () => [
      instance('1.2.1.1', 512, 400),
      instance('1.2.1.2', 128),
      instance('1.2.1.3'),
    ]);
    expect(await sampleInstance(study, ask)).toEqual({
      study: '1.2',
      series: '1.2.1',
      instance: '1.2.1.2',
      sopClasses: expect.arrayContaining(['1.2.840.10008.5.1.4.1.1.2']) as string[],
    });
  });

  it('is looked for in the series with the fewest instances first', async () => {
    const { ask } = archiveOf([series('1.2.1', 900), series('1.2.2', 1)], (uid) => [instance(`${uid}.1`)]);
    expect(await sampleInstance(study, ask)).toMatchObject({ series: '1.2.2' });
  });

  it('costs a bounded number of answers', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => series(`1.2.${index + 1}`));
    const { ask, given } = archiveOf(many, (uid) =>
      Array.from({ length: 1_000 }, (_, index) => instance(`${uid}.${index + 1}`)),
    );
    expect(await sampleInstance(study, ask)).toBeDefined();
    expect(given).toEqual({ series: 50, instances: 150 });
  });

  it('is missing in a study without images, and in answers without UIDs', async () => {
    expect(await sampleInstance(study, archiveOf([], () => []).ask)).toBeUndefined();
    const nameless = archiveOf([series('')], () => [instance('1')]);
    expect(await sampleInstance(study, nameless.ask)).toBeUndefined();
  });
});
