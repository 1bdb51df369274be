import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckEvent } from '../../../../broker/control/contract/archive-check.ts';
import type { ProbeEvent } from '../../../../broker/control/contract/probe.ts';
import { type ControlGateway, startControlGateway } from '../../../support/control-gateway.ts';
import type { Peer } from '../../../support/dcmtk-tools.ts';
import { freePort } from '../../../support/free-port.ts';
import { gatewayAeTitle } from '../../../support/gateway.ts';
import { type GeneratedStudy, generateStudy } from '../../../support/generated-study.ts';
import { startDcmqrscp } from '../../../support/dcmqrscp.ts';
import { commandFields } from '../../../support/scripted-command.ts';
import { startScriptedArchive } from '../../../support/scripted-archive.ts';
import { type FindReply, scriptedFinds, studyElements } from '../../../support/scripted-finds.ts';
import { scriptedStudy } from '../../../support/scripted-study.ts';
import { counts, startStudyArchive } from '../../../support/study-archive.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: gatewayAeTitle };
let study: GeneratedStudy;
let started: ControlGateway;

beforeAll(async () => {
  const { path } = stack.use(await temporaryDirectory('probe-study'));
  study = await generateStudy({
    directory: path,
    instances: 6,
    pixelBytes: 32_768,
    series: 2,
    patientName: 'Probe^Jane',
  });
  const archive = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await archive.store(study.files);
  started = stack.use(await startControlGateway({ archive, scpPort: scp.port }));
}, 120_000);

afterAll(() => stack.disposeAsync());

interface Found {
  readonly answers: Record<string, string>[];
  readonly trace: string[];
  readonly batches: number[];
  readonly end: (ProbeEvent & { type: 'end' }) | undefined;
}

async function gathered(events: AsyncIterable<ProbeEvent>): Promise<Found> {
  const answers: Record<string, string>[] = [];
  const trace: string[] = [];
  const batches: number[] = [];
  let end: Found['end'];
  for await (const event of events) {
    if (event.type === 'trace')
      trace.push(...event.lines.map(({ direction, name }) => `${direction} ${name}`));
    else if (event.type === 'answers') {
      batches.push(event.answers.length);
      answers.push(...event.answers);
    } else end = event;
  }
  return { answers, trace, batches, end };
}

async function endOf(events: AsyncIterable<CheckEvent>): Promise<readonly CheckEvent[]> {
  return await Array.fromAsync(events);
}

function lastStep(events: readonly CheckEvent[], step: string): unknown {
  return events.findLast((event) => event.type === 'step' && event.step.step === step);
}

describe('the completion of attributes', () => {
  it('is a call of the control API', async () => {
    expect(await started.client.probe.attributes({ text: 'patient nam', limit: 1 })).toEqual([
      { tag: '00100010', keyword: 'PatientName', name: 'Patient Name', vr: 'PN' },
    ]);
  });
});

describe('a C-FIND of the probe', () => {
  it('gives the answers as text and what went over the wire, from the association to its release', async () => {
    const found = await gathered(
      await started.client.probe.find({
        archive: 'default',
        level: 'study',
        keys: [{ attribute: 'PatientName', value: 'Probe*' }],
        returnKeys: ['StudyDate'],
      }),
    );
    expect(found.answers).toHaveLength(1);
    expect(found.answers[0]).toMatchObject({ '00100010': 'Probe^Jane', '0020000D': study.studyUid });
    expect(found.end).toMatchObject({ count: 1, cut: false });
    expect(found.end?.trouble).toBeUndefined();
    expect(found.trace).toEqual(
      expect.arrayContaining([
        'sent A-ASSOCIATE-RQ',
        'received A-ASSOCIATE-AC',
        'sent C-FIND-RQ',
        'received C-FIND-RSP',
        'sent A-RELEASE-RQ',
        'received A-RELEASE-RP',
      ]),
    );
  });

  it('is cut off at the limit by C-CANCEL', async () => {
    const finds = scriptedFinds(() => ({
      answers: Array.from({ length: 50 }, (_, index) => studyElements(`1.2.${index}`)),
      isEndless: true,
    }));
    await using archive = await startScriptedArchive(finds.script);
    await using gateway = await startControlGateway({ archive });
    const found = await gathered(
      await gateway.client.probe.find({ archive: 'default', level: 'study', keys: [], limit: 120 }),
    );
    expect(found.answers).toHaveLength(120);
    expect(found.end).toMatchObject({ count: 120, cut: true });
    expect(found.trace).toContain('sent C-CANCEL-RQ');
    expect(finds.cancels).toBe(1);
  });

  it('streams 10,000 answers in batches of up to 200, with a trace that stays short', async () => {
    const answers = Array.from({ length: 10_000 }, (_, index) => studyElements(`1.2.${index}`));
    const finds = scriptedFinds(() => ({ answers }));
    await using archive = await startScriptedArchive(finds.script);
    await using gateway = await startControlGateway({ archive });
    const found = await gathered(
      await gateway.client.probe.find({ archive: 'default', level: 'study', keys: [], limit: 10_000 }),
    );
    expect(found.answers).toHaveLength(10_000);
    expect(Math.max(...found.batches)).toBeLessThanOrEqual(200);
    expect(found.trace.length).toBeLessThanOrEqual(2_000);
    expect(found.end).toMatchObject({ count: 10_000, cut: false });
  }, 60_000);

  it('reads each answer in its own character set', async () => {
    const named = (characterSet: string, name: Buffer): FindReply['answers'] => [
      [
        [0x0008, 0x0005, 'CS', characterSet],
        [0x0008, 0x0052, 'CS', 'STUDY'],
        [0x0010, 0x0010, 'PN', name],
        [0x0020, 0x000d, 'UI', '1.2.3'],
      ],
    ];
    const finds = scriptedFinds(() => ({
      answers: [
        ...(named('ISO_IR 100', Buffer.from('Äneas^Rüdiger ', 'latin1')) ?? []),
        ...(named('ISO_IR 192', Buffer.from('山田^太郎 ')) ?? []),
      ],
    }));
    await using archive = await startScriptedArchive(finds.script);
    await using gateway = await startControlGateway({ archive });
    const found = await gathered(
      await gateway.client.probe.find({ archive: 'default', level: 'study', keys: [] }),
    );
    expect(found.answers.map((answer) => answer['00100010'])).toEqual(['Äneas^Rüdiger', '山田^太郎']);
  });

  it('gives what came before the archive failed, and why it did', async () => {
    const finds = scriptedFinds(() => ({ answers: [studyElements('1.2.3')], status: 0xa700 }));
    await using archive = await startScriptedArchive(finds.script);
    await using gateway = await startControlGateway({ archive });
    const found = await gathered(
      await gateway.client.probe.find({ archive: 'default', level: 'study', keys: [] }),
    );
    expect(found.answers).toHaveLength(1);
    expect(found.end?.trouble).toMatchObject({ code: 'archive-refused', dimseStatus: '0xA700' });
  });

  it('says in words what is wrong with a key, without asking the archive', async () => {
    const found = await gathered(
      await started.client.probe.find({
        archive: 'default',
        level: 'study',
        keys: [{ attribute: 'StudyDate', value: '1.1.2026' }],
      }),
    );
    expect(found.end?.trouble?.message).toMatch(/StudyDate .*must be a date YYYYMMDD/);
    expect(found.trace).toEqual([]);
  });

  it('lets go of the archive where the client leaves', async () => {
    const asked = Promise.withResolvers<undefined>();
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      const message = await association.readMessage();
      // The gateway looks whether the archive is there.
      if (message.command.CommandField === commandFields.echo) await association.respond(message, 0);
      else asked.resolve(undefined);
      await association.readToEnd();
    });
    await using gateway = await startControlGateway({
      archive,
      settings: { DIMSE_RESPONSE_TIMEOUT_IN_SECS: '3600', DIMSE_ASSOCIATION_IDLE_TIMEOUT_IN_SECS: '0' },
    });
    const controller = new AbortController();
    const events = await gateway.client.probe.find(
      { archive: 'default', level: 'study', keys: [] },
      { signal: controller.signal },
    );
    const left = gathered(events);
    await asked.promise;
    controller.abort();
    await expect(left).rejects.toThrow();
    // C-CANCEL, and an A-ABORT where it is not answered in time.
    await archive.untilIdle(15_000);
  });

  it('waits for an association where all that the archive may have are in use', async () => {
    const finds = scriptedFinds(() => ({ answers: [studyElements('1.2.3')] }));
    let open = 0;
    let most = 0;
    await using archive = await startScriptedArchive(async (association, index) => {
      open += 1;
      most = Math.max(most, open);
      await finds.script(association, index);
      await association.closed;
      open -= 1;
    });
    await using gateway = await startControlGateway({ archive, settings: { DIMSE_MAX_ASSOCIATIONS: '1' } });
    const query = { archive: 'default', level: 'study' as const, keys: [] };
    const both = await Promise.all([
      gateway.client.probe.find(query).then(gathered),
      gateway.client.probe.find(query).then(gathered),
    ]);
    expect(both.map(({ end }) => end?.count)).toEqual([1, 1]);
    expect(most).toBe(1);
  });
});

describe('a test retrieve of the probe', () => {
  it('brings a study into the cache, step by step, and says so where it is there already', async () => {
    const named = { archive: 'default', study: study.studyUid };
    const first = await endOf(await started.client.probe.retrieve(named));
    expect(first.at(-1)).toEqual({ type: 'end', passed: true });
    expect(lastStep(first, 'receive')).toMatchObject({
      step: { state: 'passed', detail: expect.stringMatching(/^6 instances \(0\.2 MB\) received/) as string },
    });
    // The instances may all be here before the archive has said that it is done.
    await expect.poll(() => started.gateway.broker.parts?.retrieval.progress).toEqual([]);
    const again = await endOf(await started.client.probe.retrieve(named));
    expect(lastStep(again, 'retrieve')).toMatchObject({
      step: { state: 'passed', detail: expect.stringContaining('in the cache already') as string },
    });
  });

  it('says what the archive does not have', async () => {
    const events = await endOf(await started.client.probe.retrieve({ archive: 'default', study: '1.2.3.4' }));
    expect(events.at(-1)).toEqual({ type: 'end', passed: false });
    expect(lastStep(events, 'retrieve')).toMatchObject({
      step: { state: 'failed', trouble: { code: 'not-found' } },
    });
    expect(lastStep(events, 'receive')).toMatchObject({ step: { state: 'skipped' } });
  });

  it('says what to register where the archive does not know us', async () => {
    const held = scriptedStudy(1);
    const port = await freePort();
    await using archive = await startStudyArchive({
      study: held,
      gateway: { ...scp, port },
      move: (move) => move.respond(0xa801, counts(0)),
    });
    await using gateway = await startControlGateway({ archive, scpPort: port });
    const events = await endOf(
      await gateway.client.probe.retrieve({ archive: 'default', study: held.study }),
    );
    expect(lastStep(events, 'retrieve')).toMatchObject({
      step: { state: 'failed', trouble: { dimseStatus: '0xA801' } },
    });
  });

  it('is cancelled at the archive where the client leaves', async () => {
    const held = scriptedStudy(3);
    const port = await freePort();
    const cancelled = Promise.withResolvers<boolean>();
    await using archive = await startStudyArchive({
      study: held,
      gateway: { ...scp, port },
      move: async (move) => {
        await move.send(move.wanted.slice(0, 1));
        const next = await move.association.read();
        cancelled.resolve(next.kind === 'message' && next.command.CommandField === 0x0fff);
        await move.respond(0xfe00, counts(1));
      },
    });
    await using gateway = await startControlGateway({ archive, scpPort: port });
    const controller = new AbortController();
    const events = await gateway.client.probe.retrieve(
      { archive: 'default', study: held.study },
      { signal: controller.signal },
    );
    const left = (async () => {
      for await (const event of events)
        if (event.type === 'step' && event.step.step === 'receive') controller.abort();
    })();
    await left.catch(() => undefined);
    expect(await cancelled.promise).toBe(true);
  });

  it('refuses what is no UID', async () => {
    await expect(
      started.client.probe.retrieve({ archive: 'default', study: '../x' }).then(endOf),
    ).rejects.toThrow(/not a UID/);
  });
});
