import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../broker/config/environment.ts';
import { startDemoArchive } from './demo-archive/demo-archive.ts';
import { demoUid } from './demo-archive/demo-instance.ts';

/** A running demo archive and the settings that point the gateway at it. */
export interface Demo extends AsyncDisposable {
  readonly env: Environment;
  /** A study to try. */
  readonly study: string;
}

const aeTitle = 'DEMO-ARCHIVE';
const gatewayAeTitle = 'DCMRS-BROKER';

/** Starts the demo archive on a free port of this machine, with a cache that goes when it stops. */
export async function startDemo(env: Environment): Promise<Demo> {
  const cache = await mkdtemp(join(tmpdir(), 'dcmrs-broker-demo-'));
  const scpPort = Number(env['SCP_LOCAL_PORT'] ?? '11112');
  const archive = await startDemoArchive({
    aeTitle,
    port: 0,
    destinations: [{ aeTitle: gatewayAeTitle, host: '127.0.0.1', port: scpPort }],
  });
  const remote = (use: string): Environment => ({
    [`${use}_REMOTE_AE`]: aeTitle,
    [`${use}_REMOTE_HOST`]: '127.0.0.1',
    [`${use}_REMOTE_PORT`]: String(archive.port),
    [`${use}_LOCAL_AE`]: gatewayAeTitle,
  });
  return {
    study: demoUid('ct'),
    env: {
      ...env,
      ...remote('QIDO'),
      ...remote('WADO'),
      SCP_LOCAL_AE: gatewayAeTitle,
      SCP_LOCAL_HOST: '127.0.0.1',
      SCP_LOCAL_PORT: String(scpPort),
      SCP_CACHE_DIR_PATH: cache,
    },
    async [Symbol.asyncDispose]() {
      await archive.stop();
      await rm(cache, { recursive: true, force: true });
    },
  };
}
