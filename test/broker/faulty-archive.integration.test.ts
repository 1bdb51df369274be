import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { type SceneOptions, startScene } from '../support/gateway-scene.ts';
import { startGateway } from '../support/gateway.ts';
import { pduHeader, pduTypes } from '../support/scripted-pdu.ts';
import { scriptedStudy, sortedDigests } from '../support/scripted-study.ts';
import { counts } from '../support/study-archive.ts';
import { digestsOf, retrieve } from '../support/wado-client.ts';

const study = scriptedStudy(3);
const all = sortedDigests(study.instances);

interface Ended {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
  readonly retryAfter: string | undefined;
}

/** One retrieve of the study from an archive that plays a part; everything must be let go of after it. */
async function retrieveFrom(options: Omit<SceneOptions, 'study'>): Promise<Ended> {
  await using scene = await startScene({ study, ...options });
  const start = performance.now();
  const { status, body, headers } = await retrieve(scene.studyUrl);
  const ms = performance.now() - start;
  await scene.endsClean();
  return { status, text: body.toString(), ms, retryAfter: headers['retry-after'] };
}

describe('an archive that refuses the association', () => {
  it.each([
    { reply: [1, 1, 3], says: /calling AE title not recognized.*register the AE title BROKER/ },
    { reply: [1, 1, 7], says: /AE title SCRIPTED.*own AE title/ },
    { reply: [1, 1, 1], says: /no reason.*AE title BROKER/ },
    { reply: [1, 2, 2], says: /another version of the DICOM protocol/ },
    { reply: [2, 3, 1], says: /congested/ },
    { reply: [2, 3, 2], says: /limit of associations.*dimse\.max_associations/ },
  ] as const)('is answered 502 with what to mend: $reply', async ({ reply, says }) => {
    const ended = await retrieveFrom({
      associate: async (association) => {
        const [result, source, reason] = reply;
        await association.reject(result, source, reason);
        return true;
      },
    });
    expect(ended.text).toMatch(says);
    expect(ended).toMatchObject({ status: 502 });
    expect(ended.ms).toBeLessThan(3_000);
  });

  it('by accepting it without C-MOVE and C-GET is answered 502', async () => {
    await using scene = await startScene({
      study,
      associate: async (association) => {
        await association.accept({ choose: () => 3 });
        await association.readToEnd();
        return true;
      },
    });
    const { status, body } = await retrieve(scene.studyUrl);
    expect(body.toString()).toMatch(/does not offer C-MOVE/);
    expect(status).toBe(502);
    await scene.endsClean();
  });
});

describe('an archive that does not answer', () => {
  it('is answered 502 where it refuses the connection', async () => {
    const archive = { host: '127.0.0.1', port: await freePort(), aeTitle: 'NOBODY' };
    await using gateway = await startGateway({ archive });
    const { status, body } = await retrieve(`${gateway.wado}/studies/${study.study}`);
    expect(body.toString()).toMatch(/NOBODY at 127\.0\.0\.1:\d+/);
    expect(status).toBe(502);
  });

  it('is answered 504 where it takes the connection and stays silent', async () => {
    const ended = await retrieveFrom({
      associate: async (association) => {
        await association.readAssociateRequest();
        await association.closed;
        return true;
      },
    });
    expect(ended).toMatchObject({ status: 504 });
    expect(ended.ms).toBeLessThan(6_000);
  });

  it('is answered 504 where it never ends a C-MOVE and sends nothing', async () => {
    const ended = await retrieveFrom({
      settings: { DIMSE_MOVE_RESPONSE_TIMEOUT_IN_SECS: '2' },
      move: async ({ association }) => {
        await association.closed;
      },
    });
    expect(ended).toMatchObject({ status: 504 });
    expect(ended.text).toMatch(/did not answer within 2 s/);
    expect(ended.ms).toBeLessThan(6_000);
  });

  it('is answered 502 where it aborts the association instead of moving', async () => {
    const ended = await retrieveFrom({
      move: async ({ association }) => {
        await association.abort();
      },
    });
    expect(ended).toMatchObject({ status: 502 });
    expect(ended.ms).toBeLessThan(4_000);
  });

  it('is answered 502 where it announces a PDU of 4 GiB', async () => {
    const ended = await retrieveFrom({
      move: async ({ association }) => {
        await association.sendRaw(pduHeader(pduTypes.data, 0xffff_ffff));
        await association.sendRaw(Buffer.alloc(64 * 1024));
        await association.closed;
      },
    });
    expect(ended).toMatchObject({ status: 502 });
    expect(ended.ms).toBeLessThan(4_000);
  });
});

describe('an archive that refuses the C-MOVE', () => {
  it('with 0xA801 is answered 502 and what to register where', async () => {
    const ended = await retrieveFrom({ move: ({ respond }) => respond(0xa801) });
    expect(ended.text).toMatch(
      /0xA801.*does not know the move destination BROKER.*register our AE title BROKER/s,
    );
    expect(ended.text).toMatch(/scp\.local_port/);
    expect(ended).toMatchObject({ status: 502 });
  });

  it('with 0xC001 is answered 502 with its comment', async () => {
    const ended = await retrieveFrom({
      move: ({ respond }) => respond(0xc001, { ErrorComment: 'Database is on fire' }),
    });
    expect(ended.text).toMatch(/0xC001.*"Database is on fire"/);
    expect(ended).toMatchObject({ status: 502 });
  });

  it('by cancelling it itself is answered 502', async () => {
    const ended = await retrieveFrom({ move: ({ respond }) => respond(0xfe00, counts(0, 0)) });
    expect(ended.text).toMatch(/0xFE00/);
    expect(ended).toMatchObject({ status: 502 });
  });

  it('with 0xA700 is answered 503, and is asked again after the delay', async () => {
    const movedAt: number[] = [];
    await using scene = await startScene({
      study,
      settings: { WADO_RETRY_DELAY_IN_SECS: '1', WADO_HTTP_RETRY_AFTER: '1' },
      move: async ({ index, send, respond, wanted }) => {
        movedAt.push(performance.now());
        if (index === 0) return respond(0xa700);
        await send();
        await respond(0, counts(wanted.length));
      },
    });
    const refused = await retrieve(scene.studyUrl);
    expect(refused).toMatchObject({ status: 503 });
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.body.toString()).toMatch(/out of resources.*tries again by itself/s);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const answer = await retrieve(scene.studyUrl);
    expect(digestsOf(answer)).toEqual(all);
    expect((movedAt[1] ?? 0) - (movedAt[0] ?? 0)).toBeGreaterThan(950);
    expect(movedAt).toHaveLength(2);
    await scene.endsClean();
  });
});

describe('a study that is not there', () => {
  it('is answered 404 where C-FIND and C-MOVE find nothing', async () => {
    const ended = await retrieveFrom({ listed: () => [], move: ({ respond }) => respond(0, counts(0)) });
    expect(ended).toMatchObject({ status: 404 });
    expect(ended.ms).toBeLessThan(3_000);
  });

  it('is answered 404 at once where the archive gives no counts', async () => {
    const ended = await retrieveFrom({ listed: () => [], move: ({ respond }) => respond(0) });
    expect(ended).toMatchObject({ status: 404 });
    expect(ended.ms).toBeLessThan(1_500);
  });

  it('is answered 404 where the archive calls the C-MOVE of it a failure', async () => {
    const ended = await retrieveFrom({ listed: () => [], move: ({ respond }) => respond(0xc000) });
    expect(ended).toMatchObject({ status: 404 });
  });
});

describe('an archive that can not list', () => {
  it.each([
    ['refuses C-FIND', async (): Promise<number> => Promise.resolve(0xc000)],
    ['says nothing to C-FIND', async (): Promise<number> => Promise.resolve(-1)],
  ])('%s: what it counts is what is expected', async (_, status) => {
    await using scene = await startScene({
      study,
      find: async (association, message) => {
        const code = await status();
        if (code >= 0) await association.respond(message, code);
        return true;
      },
    });
    const start = performance.now();
    const answer = await retrieve(scene.studyUrl);
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    expect(digestsOf(answer)).toEqual(all);
    expect(performance.now() - start).toBeLessThan(8_000);
    const again = await retrieve(scene.studyUrl);
    expect(digestsOf(again)).toEqual(all);
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });

  it('is believed where it counts more than it sent: the answer breaks', async () => {
    await using scene = await startScene({
      study,
      settings: { WADO_MAX_RETRY_ATTEMPTS: '0', WADO_RETRIEVE_TIMEOUT_IN_SECS: '1' },
      find: async (association, message) => {
        await association.respond(message, 0xc000);
        return true;
      },
      move: async ({ send, respond, wanted }) => {
        await send(wanted.slice(0, 2));
        await respond(0, counts(3));
      },
    });
    expect(await retrieve(scene.studyUrl)).toMatchObject({ status: 200, isBroken: true });
    await scene.endsClean();
  });

  it('pads its UIDs with NUL or space', async () => {
    for (const padding of ['\0', ' ', '  ']) {
      await using scene = await startScene({ study, padding });
      const answer = await retrieve(scene.studyUrl);
      expect(digestsOf(answer)).toEqual(all);
      expect(await retrieve(scene.studyUrl)).toMatchObject({ status: 200, isBroken: false });
      expect(scene.archive.moves).toHaveLength(1);
      await scene.endsClean();
    }
  });
});
