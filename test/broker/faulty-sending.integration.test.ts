import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startScene } from '../support/gateway-scene.ts';
import { pduHeader, pduTypes } from '../support/scripted-pdu.ts';
import {
  type ScriptedInstance,
  connectSender,
  scriptedStudy,
  sendInstance,
  sortedDigests,
} from '../support/scripted-study.ts';
import { type Move, counts } from '../support/study-archive.ts';
import { digestsOf, retrieve } from '../support/wado-client.ts';

const study = scriptedStudy(4, { series: 2, pixelBytes: 200_000 });
const all = sorted(study.instances);
const quick = {
  WADO_RETRIEVE_TIMEOUT_IN_SECS: '1',
  WADO_RETRY_DELAY_IN_SECS: '1',
  WADO_HTTP_RETRY_AFTER: '1',
};

function sorted(instances: readonly ScriptedInstance[]): string[] {
  return sortedDigests(instances);
}

async function whole({ send, respond, wanted }: Move): Promise<void> {
  await send();
  await respond(0, counts(wanted.length));
}

describe('an archive that sends out of order', () => {
  it('says success before the first image', async () => {
    await using scene = await startScene({
      study,
      move: async ({ send, respond, wanted }) => {
        await respond(0, counts(wanted.length));
        await sleep(300);
        await send();
      },
    });
    const answer = await retrieve(scene.studyUrl);
    expect(digestsOf(answer)).toEqual(all);
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });

  it('says success with counts of nothing before the first image', async () => {
    await using scene = await startScene({
      study,
      move: async ({ send, respond }) => {
        await respond(0, counts(0));
        await sleep(300);
        await send();
      },
    });
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });

  it('sends half of it after the response, without any counts', async () => {
    await using scene = await startScene({
      study,
      move: async ({ send, respond, wanted }) => {
        await send(wanted.slice(0, 2));
        await respond(0);
        await sleep(400);
        await send(wanted.slice(2));
      },
    });
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });

  it('sends everything twice: the client gets it once', async () => {
    await using scene = await startScene({
      study,
      move: async ({ send, respond, wanted }) => {
        expect(await send([...wanted, ...wanted])).toEqual(Array.from({ length: 8 }, () => 0));
        await respond(0, counts(8));
      },
    });
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });

  it('never says that it is done: what is all there is whole', async () => {
    await using scene = await startScene({
      study,
      settings: quick,
      move: async ({ send, association }) => {
        await send();
        await association.closed;
      },
    });
    const answer = await retrieve(scene.studyUrl);
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    await sleep(2_500);
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });
});

describe('an archive that sends too little', () => {
  it('and none of what is missing: the answer breaks, and the next has a 206 with what is there', async () => {
    await using scene = await startScene({
      study,
      settings: { ...quick, WADO_RETRY_DELAY_IN_SECS: '30' },
      move: async ({ index, send, respond, wanted }) => {
        if (index === 0) await send(wanted.slice(0, 3));
        await respond(0, counts(index === 0 ? 3 : 0));
      },
    });
    const answer = await retrieve(scene.studyUrl);
    expect(answer).toMatchObject({ status: 200, isBroken: true });
    const partial = await retrieve(scene.studyUrl);
    expect(partial).toMatchObject({ status: 206, isBroken: false });
    expect(digestsOf(partial)).toEqual(sorted(study.instances.slice(0, 3)));
    expect(partial.headers['warning']).toMatch(/^299 .*"1 instances? (is|are) missing/);
    expect(Number(partial.headers['content-length'])).toBe(partial.body.length);
    // A series of which nothing is missing is whole.
    const [series] = study.series;
    const seriesAnswer = await retrieve(scene.seriesUrl(series ?? ''));
    expect(seriesAnswer).toMatchObject({ status: 200, isBroken: false });
    // Only what is missing was asked for again.
    expect(scene.archive.moves[1]?.get('00080018')).toBe(study.instances[3]?.instance);
    await scene.endsClean();
  });

  it('at first: what is missing is asked for again at once, and the answer is whole', async () => {
    await using scene = await startScene({
      study,
      move: async ({ index, send, respond, wanted }) => {
        const sent = index === 0 ? wanted.slice(0, 1) : wanted;
        await send(sent);
        await respond(0xb000, counts(sent.length, wanted.length - sent.length));
      },
    });
    const answer = await retrieve(scene.studyUrl);
    expect(digestsOf(answer)).toEqual(all);
    const asked = scene.archive.moves.slice(1).map((move) => [move.get('0020000E'), move.get('00080018')]);
    expect(asked).toEqual([
      [study.series[0], study.instances[2]?.instance],
      [study.series[1], undefined],
    ]);
    await scene.endsClean();
  });

  it('and is forgiven where missing objects are ignored', async () => {
    await using scene = await startScene({
      study,
      settings: { ...quick, WADO_IGNORE_MISSING_OBJECTS: 'true' },
      move: async ({ send, respond, wanted }) => {
        await send(wanted.slice(0, 3));
        await respond(0, counts(3));
      },
    });
    const answer = await retrieve(scene.studyUrl);
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    expect(digestsOf(answer)).toEqual(sorted(study.instances.slice(0, 3)));
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });

  it('says success and never sends anything: 503 with Retry-After, then the same again', async () => {
    await using scene = await startScene({
      study,
      settings: { ...quick, WADO_RETRY_DELAY_IN_SECS: '30', WADO_HTTP_RETRY_AFTER: '7' },
      move: ({ respond }) => respond(0, counts(0)),
    });
    const first = await retrieve(scene.studyUrl);
    expect(first).toMatchObject({ status: 503 });
    expect(Number(first.headers['retry-after'])).toBeGreaterThan(0);
    expect(first.body.toString()).toMatch(/sent 0 instances.*4 are missing/);
    const second = await retrieve(scene.studyUrl);
    expect(second).toMatchObject({ status: 503 });
    expect(second.headers['retry-after']).toBe('7');
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });

  it('cold storage: 503 with Retry-After while the job goes on, then the images', async () => {
    let warm = (): void => undefined;
    const warmed = new Promise<void>((resolve) => (warm = resolve));
    await using scene = await startScene({
      study,
      settings: { WADO_FIRST_INSTANCE_TIMEOUT_IN_SECS: '1', WADO_HTTP_RETRY_AFTER: '5' },
      move: async (move) => {
        await warmed;
        await whole(move);
      },
    });
    const cold = await retrieve(scene.studyUrl);
    expect(cold).toMatchObject({ status: 503 });
    expect(cold.headers['retry-after']).toBe('5');
    // Longer than the grace time: who was told to come back is waited for.
    await sleep(1_500);
    warm();
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    expect(scene.archive.moves).toHaveLength(1);
    await scene.endsClean();
  });
});

describe('an archive that breaks off in a data set', () => {
  it('by closing the connection: asked again for the rest, nothing half is served', async () => {
    await using scene = await startScene({
      study,
      move: async (move) => {
        if (move.index > 0) return whole(move);
        await sendThenHalf(move, scene.gateway.scp, (scu) => scu.reset());
        await move.respond(0xb000, counts(1, 3));
      },
    });
    const answer = await retrieve(scene.studyUrl);
    expect(digestsOf(answer)).toEqual(all);
    await scene.endsClean();
  });

  it('by A-ABORT on both associations', async () => {
    await using scene = await startScene({
      study,
      move: async (move) => {
        if (move.index > 0) return whole(move);
        await sendThenHalf(move, scene.gateway.scp, (scu) => void scu.abort());
        await move.association.abort();
      },
    });
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    await scene.endsClean();
  });

  it('by falling silent: bounded, and the half is thrown away', async () => {
    await using scene = await startScene({
      study,
      settings: quick,
      move: async (move) => {
        if (move.index > 0) return whole(move);
        await sendThenHalf(move, scene.gateway.scp, (scu) => scu.closed);
        await move.association.closed;
      },
    });
    const start = performance.now();
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    expect(performance.now() - start).toBeLessThan(12_000);
    await scene.endsClean();
  });

  it('by announcing a PDU of 4 GiB', async () => {
    await using scene = await startScene({
      study,
      move: async (move) => {
        if (move.index > 0) return whole(move);
        await sendThenHalf(move, scene.gateway.scp, async (scu) => {
          await scu.sendRaw(pduHeader(pduTypes.data, 0xffff_ffff));
          await scu.sendRaw(Buffer.alloc(100_000));
          await scu.closed;
        });
        await move.respond(0xb000, counts(1, 3));
      },
    });
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    await scene.endsClean();
  });

  it('by going on in another presentation context than it began in', async () => {
    await using scene = await startScene({
      study,
      move: async (move) => {
        if (move.index > 0) return whole(move);
        const [, second] = move.wanted;
        await sendThenHalf(move, scene.gateway.scp, async (scu) => {
          await scu.sendDataSet(99, second?.dataSet.subarray(1_000) ?? Buffer.alloc(0));
          await scu.closed;
        });
        await move.respond(0xb000, counts(1, 3));
      },
    });
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    await scene.endsClean();
  });
});

/** Sends one instance, begins the next, and leaves the association to `end`. */
async function sendThenHalf(
  { wanted }: Move,
  peer: Parameters<typeof connectSender>[0],
  end: (scu: Awaited<ReturnType<typeof connectSender>>) => void | Promise<void>,
): Promise<void> {
  const [first, second] = wanted;
  if (first === undefined || second === undefined) throw new Error('Two instances are needed.');
  using scu = await connectSender(peer);
  expect(await sendInstance(scu, first)).toBe(0);
  await scu.sendStoreCommand(second);
  await scu.sendDataSet(1, second.dataSet.subarray(0, 1_000), { finish: false });
  await end(scu);
}

describe('what nobody asked for', () => {
  it('is refused with 0x0124, unless it is to be accepted', async () => {
    await using scene = await startScene({ study });
    using scu = await connectSender(scene.gateway.scp);
    const [first] = study.instances;
    if (first === undefined) throw new Error('There is an instance.');
    expect(await sendInstance(scu, first)).toBe(0x0124);
    await scu.release();
    await scene.endsClean();

    await using open = await startScene({ study, settings: { SCP_ACCEPT_UNSOLICITED: 'true' } });
    using sender = await connectSender(open.gateway.scp);
    expect(await sendInstance(sender, first)).toBe(0);
    const answer = await retrieve(open.instanceUrl(first));
    expect(digestsOf(answer)).toEqual(sortedDigests([first]));
    expect(open.archive.moves).toHaveLength(0);
    await sender.release();
    await open.endsClean();
  });

  it('comes with the study but is named otherwise by its command: refused, and the rest is whole', async () => {
    await using scene = await startScene({
      study,
      move: async (move) => {
        const [first, second] = move.wanted;
        if (move.index === 0 && first !== undefined && second !== undefined) {
          using scu = await connectSender(scene.gateway.scp);
          expect(await sendInstance(scu, { ...first, instance: second.instance })).toBe(0xa900);
          await scu.release();
        }
        await whole(move);
      },
    });
    expect(digestsOf(await retrieve(scene.studyUrl))).toEqual(all);
    await scene.endsClean();
  });
});
