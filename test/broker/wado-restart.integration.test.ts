import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startChild } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { pydicomTestFiles } from '../support/real-files.ts';
import { identifyAll } from '../support/real-instances.ts';
import { runTool } from '../support/run-tool.ts';
import { connectSender, scriptedStudy, sendInstance, sortedDigests } from '../support/scripted-study.ts';
import { counts, startStudyArchive } from '../support/study-archive.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { digestsOf, openRetrieve, partsOf, retrieve } from '../support/wado-client.ts';

const headless = fileURLToPath(new URL('../../main/headless.ts', import.meta.url));

describe('a gateway that is killed in the middle of a retrieve', () => {
  it('serves nothing half after its restart, and fetches only what it does not have', async () => {
    const study = scriptedStudy(3, { pixelBytes: 300_000 });
    await using directory = await temporaryDirectory('wado-kill');
    const scp = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
    const httpPort = await freePort();
    const half = Promise.withResolvers<undefined>();
    await using archive = await startStudyArchive({
      study,
      gateway: scp,
      move: async ({ index, association, wanted, send, respond }) => {
        if (index > 0) {
          await send();
          return respond(0, counts(wanted.length));
        }
        const [first, second] = wanted;
        if (first === undefined || second === undefined) throw new Error('There are three instances.');
        using scu = await connectSender(scp);
        expect(await sendInstance(scu, first)).toBe(0);
        await scu.sendStoreCommand(second);
        await scu.sendDataSet(1, second.dataSet.subarray(0, 200_000), { finish: false });
        half.resolve(undefined);
        await association.closed;
      },
    });
    const env: Record<string, string> = {
      SCP_LOCAL_AE: scp.aeTitle,
      SCP_LOCAL_HOST: scp.host,
      SCP_LOCAL_PORT: String(scp.port),
      SCP_CACHE_DIR_PATH: directory.path,
      HTTP_PORT: String(httpPort),
      CONTROL_PORT: '0',
    };
    for (const use of ['QIDO', 'WADO']) {
      env[`${use}_REMOTE_AE`] = archive.aeTitle;
      env[`${use}_REMOTE_HOST`] = archive.host;
      env[`${use}_REMOTE_PORT`] = String(archive.port);
      env[`${use}_LOCAL_AE`] = gatewayAeTitle;
    }
    await using child = await startChild({
      command: process.execPath,
      args: [headless],
      env,
      ready: { port: httpPort },
    });
    const url = `http://127.0.0.1:${httpPort}/wado-rs/studies/${study.study}`;
    using open = await openRetrieve(url);
    await open.readUntil(300_000);
    await half.promise;
    process.kill(child.pid, 'SIGKILL');
    expect((await open.finish()).isBroken).toBe(true);
    await child.stop();

    await using gateway = await startGateway({ archive, scpPort: scp.port, cacheDirectory: directory.path });
    expect(await readdir(join(directory.path, 'incoming'))).toEqual([]);
    const answer = await retrieve(`${gateway.wado}/studies/${study.study}`);
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    expect(digestsOf(answer)).toEqual(sortedDigests(study.instances));
    const [first, ...rest] = study.instances.map(({ instance }) => instance);
    expect(archive.moves[1]?.get('00080018')?.split('\\').sort()).toEqual(rest.sort());
    expect(first).toBeDefined();
    await gateway.stop();
    await archive.untilIdle();
  });
});

describe('real files that are not in Explicit VR Little Endian', () => {
  const names = [
    'MR_small_implicit.dcm',
    'MR_small_bigendian.dcm',
    'ExplVR_BigEnd.dcm',
    'image_dfl.dcm',
    'rtplan.dcm',
  ];

  it('are converted to it as dcmconv does, where the client names no syntax', async () => {
    const files = (await pydicomTestFiles()).filter((file) => names.includes(basename(file)));
    await using directory = await temporaryDirectory('wado-transcode');
    const scp = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
    await using orthanc = await startOrthanc({
      modalities: { gateway: scp },
      overrides: { OverwriteInstances: true },
    });
    await using gateway = await startGateway({ archive: orthanc, scpPort: scp.port });
    const done = new Set<string>();
    for (const real of await identifyAll(files)) {
      await orthanc.upload([real.file]);
      const url = `${gateway.wado}/studies/${real.study}/series/${real.series}/instances/${real.instance}`;
      if (done.has(url)) continue;
      done.add(url);
      const answer = await retrieve(url, { accept: 'multipart/related; type="application/dicom"' });
      expect([basename(real.file), answer.status, answer.isBroken]).toEqual([
        basename(real.file),
        200,
        false,
      ]);
      const [part] = partsOf(answer);
      expect(part?.contentType).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
      const ours = join(directory.path, 'ours.dcm');
      const theirs = join(directory.path, 'theirs.dcm');
      await writeFile(ours, part?.body ?? '');
      expect((await runTool('dcmconv', ['+te', real.file, theirs])).exitCode).toBe(0);
      expect(await json(ours)).toEqual(await json(theirs));
    }
    expect(done.size).toBeGreaterThanOrEqual(4);
  });
});

async function json(file: string): Promise<unknown> {
  const { exitCode, stdout, output } = await runTool('dcm2json', ['-fc', file]);
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(stdout);
}
