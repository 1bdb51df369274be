import { describe, expect, it } from 'vitest';
import type { ArchiveQuery } from '../../../../broker/archive/query.ts';
import type { StoredInstance } from '../../../../broker/cache/stored-instance.ts';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { representativeInstance } from '../../../../broker/dicomweb/rendered/representative-instance.ts';
import type { Resource } from '../../../../broker/domain/resource.ts';
import type { Uid } from '../../../../broker/domain/uid.ts';

const study = { level: 'study', study: '1.2' as Uid } as const;
const ct = '1.2.840.10008.5.1.4.1.1.2';
const sr = '1.2.840.10008.5.1.4.1.1.88.11';
const presentationState = '1.2.840.10008.5.1.4.1.1.11.1';

interface Scene {
  readonly cached?: readonly [series: string, instance: string, sopClass: string][];
  readonly series?: readonly DicomJson[];
  readonly instances?: readonly DicomJson[];
}

async function representative(
  { cached = [], series = [], instances = [] }: Scene,
  resource: Resource = study,
): Promise<{
  chosen: string;
  queries: ArchiveQuery[];
}> {
  const queries: ArchiveQuery[] = [];
  const { series: chosenSeries, instance } = await representativeInstance({
    resource,
    signal: new AbortController().signal,
    cache: {
      find: () =>
        cached.map(
          ([of, name, sopClassUid]) => ({ series: of, instance: name, sopClassUid }) as StoredInstance,
        ),
    },
    archive: {
      name: 'default',
      async *find(query) {
        queries.push(query);
        yield* query.level === 'series' ? series : instances;
      },
    },
  });
  return { chosen: `${chosenSeries}/${instance}`, queries };
}

const ui = (value: string): DicomJson[string] => ({ vr: 'UI', Value: [value] });
const is = (value: number): DicomJson[string] => ({ vr: 'IS', Value: [value] });

function seriesAnswer(uid: string, modality: string, count: number): DicomJson {
  return { '00080060': { vr: 'CS', Value: [modality] }, '0020000E': ui(uid), '00201209': is(count) };
}

function instanceAnswer(uid: string, number: number, sopClass = ct): DicomJson {
  return { '00080016': ui(sopClass), '00080018': ui(uid), '00200013': is(number) };
}

describe('what stands for a study', () => {
  it('is in the middle of its largest series of images, of those in the cache', async () => {
    const cached = [
      ['1.1', '1.1.1', sr],
      ['1.1', '1.1.2', sr],
      ['1.1', '1.1.3', sr],
      ['1.1', '1.1.4', sr],
      ['1.5', '1.5.1', ct],
      ['1.2', '1.2.1', ct],
      ['1.2', '1.2.2', ct],
      ['1.2', '1.2.3', ct],
    ] as const;
    const { chosen, queries } = await representative({ cached: cached.map((row) => [...row]) });
    expect(chosen).toBe('1.2/1.2.2');
    expect(queries).toEqual([]);
  });

  it('is a report before a presentation state where there are no images', async () => {
    const { chosen } = await representative({
      cached: [
        ['1.1', '1.1.1', presentationState],
        ['1.2', '1.2.1', sr],
      ],
    });
    expect(chosen).toBe('1.2/1.2.1');
  });

  it('is asked for with two queries where nothing is in the cache', async () => {
    const { chosen, queries } = await representative({
      series: [seriesAnswer('1.7', 'SR', 50), seriesAnswer('1.8', 'CT', 3), seriesAnswer('1.9', 'CT', 2)],
      instances: [instanceAnswer('1.8.9', 3), instanceAnswer('1.8.1', 1), instanceAnswer('1.8.5', 2)],
    });
    expect(chosen).toBe('1.8/1.8.5');
    expect(queries.map(({ level, series }) => [level, series])).toEqual([
      ['series', undefined],
      ['instance', '1.8'],
    ]);
  });

  it('can be had of an archive that tells no more than UIDs', async () => {
    const { chosen } = await representative({
      series: [{ '0020000E': ui('1.7') }],
      instances: [{ '00080018': ui('1.7.1') }],
    });
    expect(chosen).toBe('1.7/1.7.1');
  });

  it('is not found where the archive has nothing of it', async () => {
    await expect(representative({})).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a series is of that series', async () => {
    const series = { level: 'series', study: study.study, series: '1.4' as Uid } as const;
    const { chosen, queries } = await representative({ instances: [instanceAnswer('1.4.1', 1)] }, series);
    expect(chosen).toBe('1.4/1.4.1');
    expect(queries).toHaveLength(1);
  });
});
