import { expect, it } from 'vitest';
import { touchedParts } from '../../../broker/composition/touched-parts.ts';
import type { Config } from '../../../broker/config/config.ts';
import { loadConfig } from '../../../broker/config/load-config.ts';

function configuration(settings: Readonly<Record<string, string>> = {}): Config {
  const required = {
    QIDO_REMOTE_AE: 'PACS',
    QIDO_REMOTE_HOST: 'pacs.example.org',
    QIDO_LOCAL_AE: 'BROKER',
    WADO_REMOTE_AE: 'PACS',
    WADO_REMOTE_HOST: 'pacs.example.org',
    WADO_LOCAL_AE: 'BROKER',
    SCP_LOCAL_AE: 'BROKER',
    SCP_CACHE_DIR_PATH: '/cache',
  };
  return loadConfig({ env: { ...required, ...settings } }).config;
}

it.each([
  [{}, []],
  [{ HTTP_PORT: '8080' }, ['DICOMweb']],
  [{ HTTP_HOST: '0.0.0.0' }, ['DICOMweb']],
  [{ HTTP_ALLOWED_ORIGINS: '*' }, ['DICOMweb']],
  [{ QIDO_DEFAULT_LIMIT: '5' }, ['DICOMweb']],
  [{ WADO_URL_BASE: '/w' }, ['DICOMweb']],
  [{ STOW_MAX_INSTANCES: '5' }, ['DICOMweb']],
  [{ SCP_LOCAL_PORT: '104' }, ['the storage SCP']],
  [{ SCP_ACCEPT_UNSOLICITED: 'yes' }, ['the storage SCP']],
  [{ DIMSE_MAX_PDU_LENGTH: '16384' }, ['the storage SCP']],
  [{ SCP_CACHE_DIR_PATH: '/other' }, ['the cache', 'the storage SCP']],
  [{ SCP_CACHE_MAX_AGE_IN_MIN: '5', SCP_CACHE_MAX_SIZE_IN_MB: '5' }, []],
  [{ WADO_RETRY_DELAY_IN_SECS: '5', WADO_MAX_RETRY_ATTEMPTS: '1' }, []],
  // What the archives alone are made of.
  [{ DIMSE_MAX_ASSOCIATIONS: '2', STOW_MAX_ASSOCIATIONS: '2' }, []],
  [{ LOG_LEVEL: 'debug', CONTROL_PORT: '5000' }, []],
])('%j restarts %j', (settings, names) => {
  expect(touchedParts(configuration(), configuration(settings)).names).toEqual(names);
});

it('a cache directory that is written in another way is the same', () => {
  expect(touchedParts(configuration(), configuration({ SCP_CACHE_DIR_PATH: '/x/../cache' })).cache).toBe(
    false,
  );
});
