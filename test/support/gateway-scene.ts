import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { type Gateway, gatewayAeTitle, startGateway } from './gateway.ts';
import type { ScriptedInstance, ScriptedStudy } from './scripted-study.ts';
import { type StudyArchive, type StudyArchiveOptions, startStudyArchive } from './study-archive.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface SceneOptions extends Omit<StudyArchiveOptions, 'gateway'> {
  readonly settings?: Readonly<Record<string, string>>;
}

/** A gateway in front of an archive of one study that plays what it is told. */
export interface Scene extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly archive: StudyArchive;
  readonly studyUrl: string;
  seriesUrl(series: string): string;
  instanceUrl(instance: ScriptedInstance | undefined): string;
  /** Stops the gateway and throws where it leaves something behind. */
  endsClean(): Promise<void>;
}

const stopLimitMs = 8_000;

export async function startScene(options: SceneOptions): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('scene'));
  const scp = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
  const archive = stack.use(await startStudyArchive({ ...options, gateway: scp }));
  const gateway = stack.use(
    await startGateway({
      archive,
      scpPort: scp.port,
      cacheDirectory: directory.path,
      settings: {
        DIMSE_ASSOCIATION_TIMEOUT_IN_SECS: '2',
        DIMSE_RESPONSE_TIMEOUT_IN_SECS: '2',
        DIMSE_TRANSFER_TIMEOUT_IN_SECS: '2',
        ...options.settings,
      },
    }),
  );
  const owned = stack.move();
  const studyUrl = urlOf(gateway, options.study);
  return {
    gateway,
    archive,
    studyUrl,
    seriesUrl: (series) => `${studyUrl}/series/${series}`,
    instanceUrl: (one) => `${studyUrl}/series/${one?.series}/instances/${one?.instance}`,
    async endsClean() {
      const start = performance.now();
      await gateway.stop();
      const took = performance.now() - start;
      if (took > stopLimitMs) throw new Error(`The gateway took ${took} ms to stop.`);
      await archive.untilIdle(1_000);
      const left = await readdir(join(directory.path, 'incoming'));
      if (left.length > 0) throw new Error(`Files are left behind: ${left.join(', ')}.`);
      if (gateway.log().includes('could not be stopped')) throw new Error(gateway.log());
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function urlOf(gateway: Gateway, { study }: ScriptedStudy): string {
  return `${gateway.wado}/studies/${study}`;
}
