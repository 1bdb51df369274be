import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostOptions } from '../../build/host-options.mjs';
import { startChild } from '../support/child.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** The gateway as a process of its own, as a user starts it. */
export interface GatewayProcess {
  readonly pid: number;
  /** URL of a study's instances. */
  study(uid: string): string;
  /** URL of the search for one study. */
  studySearch(uid: string): string;
  /** URL of the root that has all services. */
  readonly dicomWeb: string;
  /** URL that takes instances by STOW-RS. */
  readonly stow: string;
}

export interface GatewayProcessOptions {
  readonly archive: Peer;
  /** Where the archive sends images: the archive was told it beforehand. */
  readonly destination: Peer;
  /** Settings that are not the defaults, by their variables. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const host = fileURLToPath(new URL('../../main/headless.ts', import.meta.url));
const readyWithinMs = 15_000;

/**
 * Starts a gateway with an empty cache, does the work with it, and ends both.
 * @throws Error with the gateway's last output where the work fails
 */
export async function withGateway<Result>(
  options: GatewayProcessOptions,
  work: (gateway: GatewayProcess) => Promise<Result>,
): Promise<Result> {
  await using home = await temporaryDirectory('bench-gateway');
  const port = await freePort();
  await using child = await startChild({
    command: process.execPath,
    // A home without settings: whoever runs this may have some of their own.
    // As `npm run headless` starts it.
    args: [...hostOptions, host, '--home', home.path],
    env: {
      ...variables(options),
      HTTP_PORT: String(port),
      CONTROL_PORT: '0',
      SCP_CACHE_DIR_PATH: join(home.path, 'cache'),
    },
    // The last line of its welcome.
    ready: { output: /Ctrl\+C stops it/ },
    readyWithinMs,
  });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(origin, options.signal);
    return await work({
      pid: child.pid,
      study: (uid) => `${origin}/wado-rs/studies/${uid}`,
      studySearch: (uid) => `${origin}/qido-rs/studies?StudyInstanceUID=${uid}`,
      dicomWeb: `${origin}/dicom-web`,
      stow: `${origin}/stow-rs/studies`,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\nThe gateway's last output:\n${child.output().slice(-1500)}`, {
      cause: error,
    });
  }
}

/** Nothing but what must be set, and loopback: the defaults are what is measured. */
function variables({ archive, destination, settings }: GatewayProcessOptions): Record<string, string> {
  const remote = (use: string): Record<string, string> => ({
    [`${use}_REMOTE_AE`]: archive.aeTitle,
    [`${use}_REMOTE_HOST`]: archive.host,
    [`${use}_REMOTE_PORT`]: String(archive.port),
    [`${use}_LOCAL_AE`]: destination.aeTitle,
  });
  return {
    ...remote('QIDO'),
    ...remote('WADO'),
    SCP_LOCAL_AE: destination.aeTitle,
    SCP_LOCAL_HOST: destination.host,
    SCP_LOCAL_PORT: String(destination.port),
    HTTP_HOST: '127.0.0.1',
    ...settings,
  };
}

async function untilHealthy(origin: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  const response = await fetch(`${origin}/health`, { signal: limit });
  const text = await response.text();
  if (!response.ok) throw new Error(`The gateway says that it does not work: ${text}`);
}
