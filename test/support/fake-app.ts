import type { Express } from 'express';
import type { Config } from '../../broker/config/config.ts';
import { loadConfig } from '../../broker/config/load-config.ts';
import { type DicomwebOptions, dicomwebApp } from '../../broker/dicomweb/dicomweb-app.ts';
import { HealthBoard } from '../../broker/observe/health.ts';
import { Metrics } from '../../broker/observe/metrics.ts';
import { recordedLog } from './query-archive.ts';

/** A configuration of the archives `default` and `two` that are not there, and other settings by variables. */
export function fakeConfig(settings: Readonly<Record<string, string>> = {}): Config {
  const remote = (use: string): Record<string, string> => ({
    [`${use}_REMOTE_AE`]: 'PACS',
    [`${use}_REMOTE_HOST`]: '127.0.0.1',
    [`${use}_LOCAL_AE`]: 'BROKER',
  });
  const env = {
    ...remote('QIDO'),
    ...remote('WADO'),
    ARCHIVES_TWO_QIDO_REMOTE_AE: 'TWO',
    ARCHIVES_TWO_QIDO_REMOTE_HOST: '127.0.0.1',
    SCP_LOCAL_AE: 'BROKER',
    SCP_CACHE_DIR_PATH: '/nowhere',
    ...settings,
  };
  return loadConfig({ env }).config;
}

/** The whole HTTP side with nothing behind it: whatever reaches an archive or the cache fails with 500. */
export function fakeApp(settings: Readonly<Record<string, string>> = {}): Express {
  const config = fakeConfig(settings);
  const nothing: unknown = new Proxy(
    {},
    {
      get: (_, name) => {
        throw new Error(`${String(name)} is not there.`);
      },
    },
  );
  const options = {
    ...(new Proxy({}, { get: () => nothing }) as DicomwebOptions),
    config,
    archives: config.archives.map(({ name }) => ({ name })),
    cache: { directory: '/nowhere' },
    logger: recordedLog().logger,
    metrics: new Metrics(),
    health: new HealthBoard(),
  };
  return dicomwebApp(options as unknown as DicomwebOptions);
}
