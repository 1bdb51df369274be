import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startScene } from '../support/gateway-scene.ts';
import { commandFields } from '../support/scripted-command.ts';
import { connectSender, scriptedStudy, sendInstance, sortedDigests } from '../support/scripted-study.ts';
import { counts } from '../support/study-archive.ts';
import { digestsOf, openRetrieve, retrieve } from '../support/wado-client.ts';

const study = scriptedStudy(3, { series: 3, pixelBytes: 50_000 });
const all = sortedDigests(study.instances);

describe('streaming', () => {
  it('has the first instance at the client while the archive still sends', async () => {
    let goOn = (): void => undefined;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    await using scene = await startScene({
      study,
      move: async ({ wanted, respond }) => {
        using scu = await connectSender(scene.gateway.scp);
        for (const [index, instance] of wanted.entries()) {
          if (index === 1) await mayGoOn;
          expect(await sendInstance(scu, instance)).toBe(0);
        }
        await scu.release();
        await respond(0, counts(wanted.length));
      },
    });
    using open = await openRetrieve(scene.studyUrl);
    const start = await open.readUntil(50_000);
    expect(start.includes(study.instances[0]?.dataSet ?? '')).toBe(true);
    expect(start.includes(study.instances[1]?.instance ?? '')).toBe(false);
    goOn();
    const answer = await open.finish();
    expect(answer.headers['content-length']).toBeUndefined();
    expect(digestsOf(answer)).toEqual(all);
    await scene.endsClean();
  });
});

describe('a client that leaves', () => {
  it('while others wait changes nothing for them; after the last the C-MOVE is cancelled', async () => {
    const seen: unknown[] = [];
    await using scene = await startScene({
      study,
      settings: { WADO_RETRIEVE_TIMEOUT_IN_SECS: '20' },
      move: async ({ association, message, wanted, send, respond }) => {
        await send(wanted.slice(0, 1));
        const next = await association.readMessage();
        seen.push(
          next.command.CommandField,
          next.command.MessageIDBeingRespondedTo === message.command.MessageID,
        );
        await respond(0xfe00, counts(1));
      },
    });
    const first = await openRetrieve(scene.studyUrl);
    const second = await openRetrieve(scene.studyUrl);
    await Promise.all([first.readUntil(50_000), second.readUntil(50_000)]);
    first[Symbol.dispose]();
    await sleep(1_500);
    expect(seen).toEqual([]);
    second[Symbol.dispose]();
    await sleep(500);
    // The grace time of a second is not over.
    expect(seen).toEqual([]);
    await sleep(1_200);
    expect(seen).toEqual([commandFields.cancel, true]);
    // Nothing is held, and whoever comes now gets a retrieval of its own, for what is missing.
    await scene.endsClean();
  });

  it('and comes back while it is being cancelled gets a retrieval of its own', async () => {
    await using scene = await startScene({
      study,
      move: async ({ index, association, wanted, send, respond }) => {
        if (index > 0) {
          await send();
          return respond(0, counts(wanted.length));
        }
        await send(wanted.slice(0, 1));
        await association.readMessage();
        await sleep(1_000);
        await respond(0xfe00, counts(1));
      },
    });
    using first = await openRetrieve(scene.studyUrl);
    await first.readUntil(50_000);
    first[Symbol.dispose]();
    await sleep(1_300);
    const answer = await retrieve(scene.studyUrl);
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    expect(digestsOf(answer)).toEqual(all);
    // Of the series that was there nothing is asked for again.
    expect(scene.archive.moves.slice(1).map((move) => move.get('0020000E'))).toEqual(study.series.slice(1));
    await scene.endsClean();
  });
});

describe('a slow client', () => {
  it('is held back: the gateway does not read ahead of it', async () => {
    const large = scriptedStudy(1, { pixelBytes: 96 * 1024 * 1024 });
    await using scene = await startScene({ study: large });
    expect((await retrieve(scene.studyUrl)).status).toBe(200);
    using slow = await openRetrieve(scene.studyUrl);
    slow.response.pause();
    await sleep(300);
    const { rss } = process.memoryUsage();
    const others = await Promise.all(Array.from({ length: 4 }, () => openRetrieve(scene.studyUrl)));
    for (const { response } of others) response.pause();
    await sleep(1_000);
    expect(process.memoryUsage().rss - rss).toBeLessThan(96 * 1024 * 1024);
    for (const one of others) one[Symbol.dispose]();
    slow.response.resume();
    const answer = await slow.finish();
    expect(answer).toMatchObject({ status: 200, isBroken: false });
    expect(digestsOf(answer)).toEqual(sortedDigests(large.instances));
    await scene.endsClean();
  });
});
