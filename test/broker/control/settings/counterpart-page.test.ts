import { expect, it } from 'vitest';
import { readSettings } from '../../../../broker/config/read-settings.ts';
import { counterpartPage } from '../../../../broker/control/settings/counterpart-page.ts';
import { describedSettings } from '../../../../broker/control/settings/described-settings.ts';
import { ownAddresses } from '../../../../broker/control/settings/own-addresses.ts';

const env = {
  QIDO_REMOTE_AE: 'PACS',
  QIDO_REMOTE_HOST: 'pacs.example.org',
  QIDO_REMOTE_PORT: '104',
  QIDO_LOCAL_AE: 'BROKER',
  WADO_REMOTE_AE: 'PACS',
  WADO_REMOTE_HOST: 'pacs.example.org',
  WADO_LOCAL_AE: 'BROKERMOVE',
  SCP_LOCAL_AE: 'BROKERSCP',
  SCP_CACHE_DIR_PATH: '/cache',
  ARCHIVES_SECOND_QIDO_REMOTE_AE: 'SECOND',
  ARCHIVES_SECOND_QIDO_REMOTE_HOST: '10.0.0.9',
  ARCHIVES_SECOND_WADO_RETRIEVE_METHOD: 'c-get',
};
const addresses = ['10.1.2.3', '10.1.2.4', 'fd00::1', '127.0.0.1', '::1'];

function rows(archive: string, more: Readonly<Record<string, string>> = {}): string[] {
  const described = describedSettings(readSettings({ env: { ...env, ...more } }), 'store');
  return counterpartPage(archive, described, addresses).rows.map(({ label, value }) => `${label}: ${value}`);
}

it('names our AE titles, every address that others reach, the port, and the move destination', () => {
  expect(rows('default')).toEqual(
    expect.arrayContaining([
      'AE title that receives images: BROKERSCP',
      'Its addresses: 10.1.2.3, 10.1.2.4',
      'Its port: 11112',
      'Move destination: BROKERSCP at 10.1.2.3, port 11112',
      'AE title that asks: BROKER',
      'AE title that asks: BROKERMOVE',
      'Where we ask: PACS at pacs.example.org, port 104',
    ]),
  );
});

it('names the one address where images are received on one only', () => {
  expect(rows('default', { SCP_LOCAL_HOST: '10.1.2.4' })).toContain('Its address: 10.1.2.4');
  expect(rows('default', { SCP_LOCAL_HOST: '::' })).toContain('Its addresses: 10.1.2.3, 10.1.2.4, fd00::1');
});

it('needs no move destination where images are asked for by C-GET', () => {
  expect(rows('second')).toContain('Move destination: not needed');
  expect(rows('second')).toContain('Where we ask: SECOND at 10.0.0.9, port 11112');
});

it('says what is not set yet', () => {
  expect(rows('default', { SCP_LOCAL_AE: '' })).toContain('AE title that receives images: not set yet');
});

it('knows no archive that there is not', () => {
  expect(() => rows('third')).toThrow('no archive third');
});

it('puts IPv4 first, what only this machine reaches last, and leaves out link-local addresses', () => {
  const of = (address: string, internal = false) =>
    ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as never;
  expect(
    ownAddresses({
      lo: [of('127.0.0.1', true), of('::1', true)],
      eth0: [of('fe80::1'), of('fd00::1'), of('10.1.2.3')],
    }),
  ).toEqual(['10.1.2.3', 'fd00::1', '127.0.0.1', '::1']);
});
