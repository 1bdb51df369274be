import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { CheckStep } from '../../../../broker/archive/check/check-event.ts';
import { type CheckRun, runCheck, statesOf } from '../../../support/check-run.ts';
import type { Peer } from '../../../support/dcmtk-tools.ts';
import { freePort } from '../../../support/free-port.ts';
import { openResources, untilReleased } from '../../../support/open-resources.ts';
import { type Script, startScriptedArchive } from '../../../support/scripted-archive.ts';
import { scriptedFinds, seriesElements, valueOf } from '../../../support/scripted-finds.ts';
import { scriptedStudy, sendInstances } from '../../../support/scripted-study.ts';
import { type Move, counts, startStudyArchive } from '../../../support/study-archive.ts';

const silentPeer: Peer = { host: '127.0.0.1', port: 1, aeTitle: 'SILENT' };

async function checkOf(script: Script, scp?: Peer): Promise<CheckRun> {
  await using archive = await startScriptedArchive(script);
  const run = await runCheck({ archive, ...(scp === undefined ? {} : { scp }) });
  await archive.untilIdle();
  return run;
}

/** The step that failed. */
function failureOf({ steps }: CheckRun): CheckStep {
  const failed = Object.values(steps).find(({ state }) => state === 'failed');
  if (failed === undefined) throw new Error('No step failed.');
  return failed;
}

function rowsOf({ toRegister = [] }: CheckStep): Record<string, string> {
  return Object.fromEntries(toRegister.map(({ label, value }) => [label, value]));
}

describe('a check of an archive that cannot be reached', () => {
  it('says that nothing listens on the port, and skips the rest', async () => {
    const port = await freePort();
    const run = await runCheck({ archive: { ...silentPeer, port }, scp: silentPeer });
    const failure = failureOf(run);
    expect(failure.step).toBe('connect');
    expect(failure.trouble?.message).toContain('nothing listens on that port');
    expect(failure.trouble?.remedy).toContain(`${port} is the archive's DICOM port`);
    expect(statesOf(run)).toEqual([
      'connect failed',
      'associate skipped',
      'echo skipped',
      'find skipped',
      'capabilities skipped',
      'retrieve skipped',
      'receive skipped',
    ]);
    expect(run.passed).toBe(false);
  });

  it('says that the host name is not known', async () => {
    const run = await runCheck({ archive: { ...silentPeer, host: 'no-such-host.invalid' } });
    expect(failureOf(run).trouble?.message).toMatch(/host name (is not known|cannot be looked up)|no answer/);
  });

  it('says of a port that takes the connection and is silent that it may be the wrong one', async () => {
    const run = await checkOf(async (association) => {
      await association.closed;
    });
    expect(run.steps.connect?.state).toBe('passed');
    expect(failureOf(run)).toMatchObject({ step: 'associate', trouble: { code: 'archive-timeout' } });
    expect(failureOf(run).trouble?.remedy).toContain('DICOM port');
  });

  it('says of a port that speaks something else that it may be the wrong one', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      const run = await runCheck({ archive: { ...silentPeer, port } });
      expect(failureOf(run).step).toBe('associate');
      expect(failureOf(run).trouble?.remedy).toMatch(/is the DICOM port.*web server/);
    } finally {
      server.close();
    }
  });
});

describe('a check of an archive that refuses us', () => {
  it('says that it does not know our AE title, with all that is to be registered', async () => {
    const run = await checkOf(async (association) => {
      await association.reject(1, 1, 3);
      await association.closed;
    });
    const failure = failureOf(run);
    expect(failure.step).toBe('associate');
    expect(failure.trouble?.message).toContain('does not know our AE title BROKER');
    expect(rowsOf(failure)).toEqual({
      'AE title that asks': 'BROKER',
      'Address of this machine': '127.0.0.1',
      'AE title that receives images': 'BROKER',
      'Port that receives images': '11112',
    });
  });

  it('says that its own AE title is another one, and has nothing registered', async () => {
    const run = await checkOf(async (association) => {
      await association.reject(1, 1, 7);
      await association.closed;
    });
    const failure = failureOf(run);
    expect(failure.trouble?.message).toContain('does not answer to the AE title SCRIPTED');
    expect(failure.toRegister).toBeUndefined();
  });

  it('goes on to C-FIND where C-ECHO is refused', async () => {
    const run = await checkOf(async (association) => {
      await association.accept();
      await association.respond(await association.readMessage(), 0x0122);
      for (;;) {
        const incoming = await association.read();
        if (incoming.kind === 'release') return association.acknowledgeRelease();
        if (incoming.kind !== 'message') return;
        await association.respond(incoming, 0);
      }
    });
    expect(statesOf(run)).toEqual([
      'connect passed',
      'associate passed',
      'echo failed',
      'find passed',
      'capabilities passed',
    ]);
    expect(run.steps.echo?.trouble).toMatchObject({ dimseStatus: '0x0122' });
    expect(run.steps.find?.detail).toContain('no studies');
    expect(run.passed).toBe(false);
  });

  it('says why C-FIND fails, and still tells what is offered', async () => {
    const run = await checkOf(async (association) => {
      await association.accept();
      await association.respond(await association.readMessage(), 0);
      await association.respond(await association.readMessage(), 0x0124);
      await association.readToEnd();
    }, silentPeer);
    expect(run.steps.find?.trouble?.message).toContain('does not allow this');
    expect(run.steps.find?.trouble?.remedy).toContain('BROKER');
    expect(run.steps.capabilities?.state).toBe('passed');
    expect(run.steps.retrieve).toMatchObject({ state: 'skipped' });
  });

  it('says that neither C-MOVE nor C-GET is offered', async () => {
    const run = await checkOf(async (association) => {
      await association.accept({
        choose: ({ abstractSyntax, transferSyntaxes }) =>
          /\.2\.2\.[23]$/.test(abstractSyntax) ? 3 : (transferSyntaxes[0] ?? 4),
      });
      for (;;) {
        const incoming = await association.read();
        if (incoming.kind === 'release') return association.acknowledgeRelease();
        if (incoming.kind !== 'message') return;
        await association.respond(incoming, 0);
      }
    });
    expect(run.steps.capabilities?.trouble?.message).toContain('neither C-MOVE nor C-GET');
    expect(run.abilities?.suggestedChanges).not.toHaveProperty('wado.retrieve_method');
  });
});

describe('a check of an archive that takes relational queries and answers nothing', () => {
  it('passes, and has it asked level by level', async () => {
    const finds = scriptedFinds((query) => {
      const known = valueOf(query, '0020000D') !== undefined || valueOf(query, '00080052') === 'STUDY';
      return { answers: known ? [seriesElements('1.2', '1.2.1')] : [] };
    });
    const run = await checkOf(finds.script);
    expect(run.passed).toBe(true);
    expect(run.steps.capabilities?.detail).toContain('Queries level by level.');
    expect(run.abilities?.suggestedChanges).toMatchObject({ 'qido.relational_queries': 'no' });
  });
});

describe('a check of an archive that dies', () => {
  const stages: readonly (readonly [string, string, number])[] = [
    ['echo', 'before it answers C-ECHO', 0],
    ['find', 'before it answers C-FIND', 1],
  ];

  it.each(stages)('fails at step %s where it hangs up %s', async (step, _when, answers) => {
    const run = await checkOf(async (association) => {
      await association.accept();
      for (let index = 0; index < answers; index += 1)
        await association.respond(await association.readMessage(), 0);
      await association.readMessage();
      association.reset();
    });
    expect(failureOf(run)).toMatchObject({ step, trouble: { code: 'association-aborted' } });
    expect(failureOf(run).trouble?.remedy).toContain('log');
  });

  it.each(stages)('fails at step %s where it is silent %s', async (step, _when, answers) => {
    const run = await checkOf(async (association) => {
      await association.accept();
      for (let index = 0; index < answers; index += 1)
        await association.respond(await association.readMessage(), 0);
      await association.readMessage();
      await association.closed;
    });
    expect(failureOf(run)).toMatchObject({ step, trouble: { code: 'archive-timeout' } });
  });

  it('fails at the connection where it closes without a word', async () => {
    const run = await checkOf((association) => {
      association.reset();
      return Promise.resolve();
    });
    expect(failureOf(run).step).toMatch(/connect|associate/);
  });
});

describe('a test retrieval', () => {
  const study = scriptedStudy(3);

  /** The check of an archive whose C-MOVE does what is given. */
  async function retrieving(
    move: (move: Move, scp: Peer) => Promise<void>,
    change: Partial<Peer> = {},
  ): Promise<CheckRun> {
    const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: 'BROKER' };
    await using archive = await startStudyArchive({
      study,
      gateway: { ...scp, ...change },
      move: (asked) => move(asked, scp),
    });
    const before = openResources();
    const run = await runCheck({ archive, scp });
    await archive.untilIdle();
    await untilReleased(before);
    return run;
  }

  it('passes where the image comes', async () => {
    const run = await retrieving(async (move) => {
      expect(move.wanted).toHaveLength(1);
      await move.send();
      await move.respond(0, counts(1));
    });
    expect(run.passed).toBe(true);
    expect(run.steps.receive?.detail).toMatch(/^The image came \(\d+ kB\)\.$/);
  });

  it('says what to register where the archive does not know the destination', async () => {
    const run = await retrieving((move) => move.respond(0xa801));
    const failure = failureOf(run);
    expect(failure).toMatchObject({ step: 'retrieve', trouble: { dimseStatus: '0xA801' } });
    expect(failure.trouble?.message).toContain('does not know the move destination BROKER');
    expect(rowsOf(failure)).toMatchObject({
      'AE title that receives images': 'BROKER',
      'Address of this machine': '127.0.0.1',
    });
    expect(run.steps.receive?.state).toBe('skipped');
  });

  it('suspects address, port and firewall where success is told and nothing comes', async () => {
    const run = await retrieving((move) => move.respond(0, counts(1)));
    const failure = failureOf(run);
    expect(run.steps.retrieve?.state).toBe('passed');
    expect(failure.step).toBe('receive');
    expect(failure.trouble?.message).toMatch(/says that it has sent the image, but nothing has reached port/);
    expect(failure.trouble?.remedy).toMatch(/firewall/);
    expect(Number(rowsOf(failure)['Port that receives images'])).toBeGreaterThan(0);
  });

  it('says so where the archive cannot reach us', async () => {
    const run = await retrieving((move) => move.respond(0xa702, counts(0, 1)));
    expect(failureOf(run)).toMatchObject({ step: 'retrieve', trouble: { dimseStatus: '0xA702' } });
    expect(failureOf(run).trouble?.message).toContain('Nothing has reached our storage SCP');
  });

  it('says so where the archive calls us by another AE title', async () => {
    const run = await retrieving(async (move, scp) => {
      await sendInstances({ ...scp, aeTitle: 'OTHER' }, move.wanted).catch(() => undefined);
      await move.respond(0xa702, counts(0, 1));
    });
    expect(failureOf(run).trouble?.message).toContain('it called OTHER, this is BROKER');
    expect(failureOf(run).trouble?.remedy).toContain('it is BROKER');
  });

  it('tells the sender where the image comes from another AE title than the archive’s', async () => {
    const run = await (async () => {
      const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: 'BROKER' };
      await using archive = await startStudyArchive({ study, gateway: scp });
      return await runCheck({ archive, scp, address: { aeTitle: 'MAIN-PACS' } });
    })();
    expect(run.passed).toBe(true);
    expect(run.steps.receive?.detail).toContain('AE title SCRIPTED, not MAIN-PACS');
  });

  it('says so where the archive dies in the middle', async () => {
    const run = await retrieving((move) => {
      move.association.reset();
      return Promise.resolve();
    });
    expect(failureOf(run)).toMatchObject({ step: 'retrieve', trouble: { code: 'association-aborted' } });
  });

  it('ends within its limit where the archive does not', async () => {
    const run = await retrieving(async (move) => {
      await move.association.read();
      await move.respond(0xfe00);
    });
    expect(failureOf(run)).toMatchObject({ step: 'retrieve', trouble: { code: 'archive-timeout' } });
  });

  it('says that the port is taken where our storage SCP cannot listen', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      await using archive = await startStudyArchive({ study, gateway: silentPeer });
      const scp: Peer = { host: '127.0.0.1', port, aeTitle: 'BROKER' };
      const run = await runCheck({ archive, scp });
      expect(failureOf(run)).toMatchObject({ step: 'retrieve', trouble: { code: 'configuration' } });
      expect(failureOf(run).trouble?.message).toContain(`127.0.0.1:${port}`);
      expect(failureOf(run).trouble?.remedy).toContain('another program');
    } finally {
      server.close();
    }
  });
});

describe('a check that is given up', () => {
  const study = scriptedStudy(2);

  it.each(['connect', 'associate', 'echo', 'find', 'retrieve', 'receive'] as const)(
    'at step %s leaves nothing open',
    async (step) => {
      const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: 'BROKER' };
      await using archive = await startStudyArchive({
        study,
        gateway: scp,
        move: (move) => move.respond(0, counts(1)),
      });
      const before = openResources();
      const controller = new AbortController();
      const run = runCheck({
        archive,
        scp,
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'step' && event.step.step === step) controller.abort();
        },
      });
      await expect(run).rejects.toMatchObject({ code: 'cancelled' });
      await archive.untilIdle();
      await untilReleased(before);
    },
  );
});
