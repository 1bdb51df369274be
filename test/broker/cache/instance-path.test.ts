import { resolve, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  incomingPath,
  instanceOfFileName,
  instancePath,
  instancesDirectory,
  studyPath,
} from '../../../broker/cache/instance-path.ts';
import { nameOf, uid } from './cached-files.ts';

const hostile = [
  '..',
  '.',
  '',
  '../1',
  '1/2',
  '1\\2',
  '1..2',
  '.1',
  '1.',
  '1\0',
  '1\n',
  ' 1',
  'a',
  '/etc/passwd',
  'C:',
  '１',
  '1'.repeat(65),
];

describe('instancePath', () => {
  test('has a directory for archive, study and series', () => {
    expect(
      instancePath('/cache', nameOf(3, 4, 5))
        .split(sep)
        .join('/'),
    ).toBe('/cache/instances/default/1.2.3/1.2.3.4/1.2.3.4.5.dcm');
  });

  test.each(hostile)('refuses the UID %j in every place', (text) => {
    const good = nameOf(1, 1, 1);
    for (const level of ['study', 'series', 'instance'] as const) {
      expect(() => instancePath('/cache', { ...good, [level]: text })).toThrow(
        expect.objectContaining({ code: 'internal' }),
      );
    }
    expect(() => studyPath('/cache', 'default', uid(text))).toThrow(/cannot be part of a path/);
  });

  test.each(['..', '', 'a/b', 'a\\b', 'a.b', 'ä', 'a b', 'a'.repeat(65), 'a\0'])(
    'refuses the archive %j',
    (archive) => {
      expect(() => instancePath('/cache', nameOf(1, 1, 1, archive))).toThrow(/name of an archive/);
    },
  );

  test('refuses what is no text at all', () => {
    const wrong = { ...nameOf(1, 1, 1), study: ['1.2'] } as unknown as ReturnType<typeof nameOf>;
    expect(() => instancePath('/cache', wrong)).toThrow(/cannot be part of a path/);
  });

  test('never leaves the cache, whatever the names are', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('.', '/', '\\', '0', '1', 'a', '\0') }),
      fc.string(),
    );
    fc.assert(
      fc.property(text, text, text, text, (archive, study, series, instance) => {
        let path: string;
        try {
          path = instancePath('/cache', {
            archive,
            study: uid(study),
            series: uid(series),
            instance: uid(instance),
          });
        } catch {
          return;
        }
        const below = resolve(path).slice(instancesDirectory('/cache').length + 1);
        expect(below).toBe([archive, study, series, `${instance}.dcm`].join(sep));
      }),
    );
  });
});

test('incomingPath gives another path each time', () => {
  const paths = new Set(Array.from({ length: 100 }, () => incomingPath('/cache')));
  expect(paths.size).toBe(100);
});

test('instanceOfFileName knows the names of the cache only', () => {
  expect(instanceOfFileName('1.2.3.dcm')).toBe('1.2.3');
  for (const name of ['1.2.3', '.dcm', '1.2.3.dcm.part', 'x.dcm', '..dcm', '1.2.3.DCM']) {
    expect(instanceOfFileName(name)).toBeUndefined();
  }
});
