import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckEvent } from '../../../../broker/control/contract/archive-check.ts';
import { type ControlGateway, startControlGateway } from '../../../support/control-gateway.ts';
import { scriptedServices } from '../../../support/control-services.ts';
import { startControlServer } from '../../../support/control-server.ts';
import { type Dcmqrscp, startDcmqrscp } from '../../../support/dcmqrscp.ts';
import type { Peer } from '../../../support/dcmtk-tools.ts';
import { freePort } from '../../../support/free-port.ts';
import { gatewayAeTitle } from '../../../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../../../support/generated-study.ts';
import { startScriptedArchive } from '../../../support/scripted-archive.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
let archive: Dcmqrscp;
let study: GeneratedStudy;
let started: ControlGateway;

beforeAll(async () => {
  const { path } = stack.use(await temporaryDirectory('archives-study'));
  study = await generateStudy({ directory: path, instances: 3, pixelBytes: 32_768 });
  archive = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await archive.store(study.files);
  started = stack.use(await startControlGateway({ archive, scpPort: scp.port }));
}, 120_000);

afterAll(() => stack.disposeAsync());

function addressOf({ aeTitle, host, port }: Peer): {
  aeTitle: string;
  host: string;
  port: number;
  callingAeTitle: string;
} {
  return { aeTitle, host, port, callingAeTitle: gatewayAeTitle };
}

function failed(events: readonly CheckEvent[]): unknown[] {
  return events.filter((event) => event.type === 'step' && event.step.state === 'failed');
}

describe('the check of an archive, by the control API', () => {
  it('receives at the gateway that runs, into its cache', async () => {
    const events = await Array.fromAsync(
      await started.client.archives.check({ address: addressOf(archive), withRetrieve: true }),
    );
    expect(failed(events)).toEqual([]);
    expect(events.at(-1)).toEqual({ type: 'end', passed: true });
    const cached = started.gateway.broker.parts?.cache.statistics();
    expect(cached).toMatchObject({ studies: 1, instances: 1 });
  });

  it('receives by itself where no gateway runs, with our storage SCP as it is typed in', async () => {
    const services = scriptedServices();
    services.lifecycle.set({ phase: 'unconfigured' });
    const place = { host: '127.0.0.1', port: await freePort(), aeTitle: 'NEWSCP' };
    await using other = await startDcmqrscp({ moveDestinations: [place], aeTitle: 'OTHER' });
    await other.store(study.files);
    await using control = await startControlServer(services);
    const events = await Array.fromAsync(
      await control.client.archives.check({
        address: { ...addressOf(other), name: 'second', retrieveMethod: 'move' },
        withRetrieve: true,
        receiver: { aeTitle: place.aeTitle, port: place.port },
      }),
    );
    expect(failed(events)).toEqual([]);
    expect(events.at(-1)).toEqual({ type: 'end', passed: true });
    const found = events.findLast((event) => event.type === 'abilities');
    expect(found?.suggestedChanges).toMatchObject({
      'archives.second.qido.remote_ae': 'OTHER',
      'archives.second.wado.remote_port': other.port,
      'archives.second.wado.retrieve_method': 'c-move',
    });
  }, 60_000);

  it.each([
    [{ aeTitle: 'A TITLE THAT IS TOO LONG' }, /AE title is 1 to 16/],
    [{ name: '../../etc' }, /name is 1 to 64/],
    [{ port: 0 }, /port is wrong/],
  ])('refuses %j in words', async (change, words) => {
    const check = started.client.archives.check({ address: { ...addressOf(archive), ...change } });
    await expect(check).rejects.toThrow(words);
  });

  it('ends at the archive where the client leaves', async () => {
    await using silent = await startScriptedArchive(async (association) => {
      await association.accept();
      await association.readToEnd();
    });
    const controller = new AbortController();
    const events = await started.client.archives.check(
      { address: addressOf(silent) },
      { signal: controller.signal },
    );
    for await (const event of events) {
      if (event.type === 'step' && event.step.step === 'echo') break;
    }
    controller.abort();
    // C-ECHO cannot be cancelled: its answer is waited for, for 5 s.
    await silent.untilIdle(15_000);
  });
});

describe('asking an archive of the settings', () => {
  it('tells how long each part took, and what went over the wire', async () => {
    const result = await started.client.archives.ask({ name: 'default' });
    expect(result.trouble).toBeUndefined();
    for (const ms of [result.connectInMs, result.associateInMs, result.echoInMs])
      expect(ms).toBeGreaterThanOrEqual(0);
    const names = result.trace.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['A-ASSOCIATE-RQ', 'C-ECHO-RSP', 'A-RELEASE-RP']));
  });

  it('is a call of the REST form too', async () => {
    const answer = await started.control.ask('api/archives/default/echo', { method: 'POST' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body.toString())).toHaveProperty('echoInMs');
  });

  it('tells what is wrong with one that is not there', async () => {
    const port = await freePort();
    const gone = { host: '127.0.0.1', port, aeTitle: 'GONE' };
    await using without = await startControlGateway({ archive: gone });
    const result = await without.client.archives.ask({ name: 'default' });
    expect(result.trouble).toMatchObject({ code: 'archive-unreachable' });
    expect(result.trouble?.remedy).toContain(String(port));
    expect(result.echoInMs).toBeUndefined();
  });

  it('says that there is no such archive', async () => {
    await expect(started.client.archives.ask({ name: 'nobody' })).rejects.toThrow(/no archive "nobody"/);
  });

  it('says that the gateway does not run', async () => {
    const services = scriptedServices();
    services.lifecycle.set({ phase: 'failed' });
    await using control = await startControlServer(services);
    await expect(control.client.archives.ask({ name: 'default' })).rejects.toThrow(/does not run/);
  });
});
