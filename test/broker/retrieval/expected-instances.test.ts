import { describe, expect, it } from 'vitest';
import { ExpectedInstances } from '../../../broker/retrieval/expected-instances.ts';
import { instances, study, uid } from './fake-archive.ts';

function expected(count: number, series: number): ExpectedInstances {
  const all = new ExpectedInstances();
  for (const one of instances(count, series)) all.add({ ...one, sopClasses: ['1.2'] });
  return all;
}

const series = { level: 'series', study, series: uid('1.2.3.1') } as const;

describe('expected instances', () => {
  it('count each once', () => {
    const all = expected(5, 2);
    const [first] = instances(1, 2);
    if (first !== undefined) all.add({ ...first, sopClasses: ['1.2', '1.3'] });
    expect([all.count, all.countIn({ level: 'study', study }), all.countIn(series)]).toEqual([5, 5, 3]);
    expect([...all.sopClasses]).toEqual(['1.2', '1.3']);
    expect(all.countIn({ ...series, level: 'instance', instance: uid('1.2.3.1.1') })).toBe(1);
    expect(all.countIn({ ...series, level: 'instance', instance: uid('1.2.3.1.2') })).toBe(0);
  });

  it('miss what was not received, at every level', () => {
    const received = new Set([uid('1.2.3.1.1'), uid('1.2.3.2.2'), uid('9.9')]);
    const all = expected(5, 2);
    expect(all.missingIn({ level: 'study', study }, received)).toBe(3);
    expect(all.missingIn(series, received)).toBe(2);
    expect(all.missingIn({ ...series, level: 'instance', instance: uid('1.2.3.1.1') }, received)).toBe(0);
  });

  it('are whole only where none is missing, however many others came', () => {
    const all = expected(2, 1);
    const others = new Set([uid('9.1'), uid('9.2'), uid('9.3'), uid('1.2.3.1.1')]);
    expect(all.isWhole({ level: 'study', study }, others)).toBe(false);
    expect(all.isWhole({ level: 'study', study }, new Set([...others, uid('1.2.3.1.2')]))).toBe(true);
  });

  it('are asked for by series where all of it is missing, else one by one, in lists of a hundred', () => {
    const all = expected(500, 2);
    const targets = all.missingTargets(study, new Set([uid('1.2.3.1.1')]), new Set());
    expect(targets.map(({ resource, instances: some }) => [resource.level, some?.length])).toEqual([
      ['series', 100],
      ['series', 100],
      ['series', 49],
      ['series', undefined],
    ]);
    expect(all.missingTargets(study, new Set(), new Set([uid('1.2.3.1')]))).toHaveLength(1);
  });
});
