import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SettingsPlace } from '../broker/config/read-settings.ts';
import { startDemoArchive } from './demo-archive/demo-archive.ts';
import { demoUid } from './demo-archive/demo-instance.ts';

/** A running demo archive and the settings that point the gateway at it. */
export interface Demo extends AsyncDisposable {
  /** Until somebody sets the gateway up. */
  readonly standIn: NonNullable<SettingsPlace['standIn']>;
  /** A study to try. */
  readonly study: string;
}

const aeTitle = 'DEMO-ARCHIVE';
const gatewayAeTitle = 'DCMRS-BROKER';

/**
 * Starts the demo archive on a free port of this machine, with a cache that goes when it stops.
 * @param scpPort where the gateway receives
 */
export async function startDemo(scpPort: number): Promise<Demo> {
  const cache = await mkdtemp(join(tmpdir(), 'dcmrs-broker-demo-'));
  const archive = await startDemoArchive({
    aeTitle,
    port: 0,
    destinations: [{ aeTitle: gatewayAeTitle, host: '127.0.0.1', port: scpPort }],
  });
  const remote = (use: 'qido' | 'wado'): Record<string, string | number> => ({
    [`${use}.remote_ae`]: aeTitle,
    [`${use}.remote_host`]: '127.0.0.1',
    [`${use}.remote_port`]: archive.port,
    [`${use}.local_ae`]: gatewayAeTitle,
  });
  return {
    study: demoUid('ct'),
    standIn: {
      where: 'the built-in demo archive',
      values: {
        ...remote('qido'),
        ...remote('wado'),
        'scp.local_ae': gatewayAeTitle,
        'scp.local_host': '127.0.0.1',
        'scp.cache_dir_path': cache,
      },
    },
    async [Symbol.asyncDispose]() {
      await archive.stop();
      await rm(cache, { recursive: true, force: true });
    },
  };
}
