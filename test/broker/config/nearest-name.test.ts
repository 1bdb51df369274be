import { expect, test } from 'vitest';
import { nearestName } from '../../../broker/config/nearest-name.ts';

const known = ['qido.remote_ae', 'wado.remote_ae', 'http.port', 'scp.local_port'];

test.each([
  ['qido.remote_ae', 'qido.remote_ae'],
  ['qido.remote_a', 'qido.remote_ae'],
  ['qido.remote_aee', 'qido.remote_ae'],
  ['qido.remoet_ae', 'qido.remote_ae'],
  ['wad0.remote_ae', 'wado.remote_ae'],
  ['Http-Prot', 'http.port'],
  ['scp.port', undefined],
  ['', undefined],
  ['x'.repeat(1_000_000), undefined],
])('%.20s is probably meant to be %s', (name, nearest) => {
  expect(nearestName(name, known)).toBe(nearest);
});

test('of several the nearest is told', () => {
  expect(nearestName('abcd', ['abxy', 'abcx', 'axyz'])).toBe('abcx');
});
