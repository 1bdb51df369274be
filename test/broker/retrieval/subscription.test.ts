import { describe, expect, it } from 'vitest';
import type { StoredInstance } from '../../../broker/cache/stored-instance.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { ArrivalWatch } from '../../../broker/retrieval/arrival-watch.ts';
import { Subscription } from '../../../broker/retrieval/subscription.ts';
import { Verifications } from '../../../broker/retrieval/verifications.ts';
import { type FakeInstance, instances, study, uid } from './fake-archive.ts';

const never = new AbortController().signal;

function stored(one: FakeInstance): StoredInstance {
  const rest = {
    sopClassUid: '1.2',
    transferSyntaxUid: '1.2',
    size: 1,
    dataSetOffset: 0,
    crc32: 0,
    path: '',
  };
  return { ...one, archive: 'default', ...rest };
}

async function read(subscription: Subscription): Promise<string[]> {
  const uids: string[] = [];
  for await (const { instance } of subscription.instances(never)) uids.push(instance);
  return uids;
}

describe('a subscription', () => {
  it('gives what belongs to it, each once, in the order of arrival', async () => {
    const subscription = new Subscription({ level: 'series', study, series: uid('1.2.3.1') });
    const reading = read(subscription);
    for (const one of [...instances(4, 2), ...instances(4, 2)]) {
      subscription.offer(stored(one));
      await Promise.resolve();
    }
    subscription.offer(stored({ study: uid('9'), series: uid('1.2.3.1'), instance: uid('9.1') }));
    subscription.finish(undefined);
    subscription.offer(stored({ study, series: uid('1.2.3.1'), instance: uid('1.2.3.1.99') }));
    expect(await reading).toEqual(['1.2.3.1.1', '1.2.3.1.3']);
  });

  it('gives what came before it fails; only the first end counts', async () => {
    const subscription = new Subscription({ level: 'study', study });
    const [one] = instances(1);
    if (one !== undefined) subscription.offer(stored(one));
    const fault = new BrokerError('instances-missing', 'Some are missing.');
    subscription.finish(fault);
    subscription.finish(undefined);
    const reading = subscription.instances(never);
    expect((await reading.next()).done).toBe(false);
    await expect(reading.next()).rejects.toBe(fault);
  });

  it('ends on the signal, and its wait in time', async () => {
    const subscription = new Subscription({ level: 'study', study });
    const start = performance.now();
    await subscription.ready(30, never);
    expect(subscription.isReady).toBe(false);
    expect(performance.now() - start).toBeGreaterThan(25);
    const leaving = new AbortController();
    const next = subscription.instances(leaving.signal).next();
    leaving.abort(new Error('left'));
    await expect(next).rejects.toThrow('left');
  });
});

describe('an arrival watch', () => {
  it('waits as long as something arrives, and not longer than the silence', async () => {
    const watch = new ArrivalWatch();
    const start = performance.now();
    const timer = setInterval(() => {
      watch.sign();
    }, 20);
    setTimeout(() => {
      clearInterval(timer);
    }, 110);
    await watch.until(() => false, 60, never);
    expect(performance.now() - start).toBeGreaterThan(140);
    expect(performance.now() - start).toBeLessThan(600);
    await watch.until(() => true, 60_000, never);
    await watch.until(() => false, 60_000, AbortSignal.abort());
  });

  it('breaks a silence off only while that applies', async () => {
    const watch = new ArrivalWatch();
    let applies = false;
    using silence = watch.silence(40, () => applies);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(silence.signal.aborted).toBe(false);
    applies = true;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(silence.signal.aborted).toBe(true);
  });
});

describe('verifications', () => {
  it('hold for a while, for what they name; none holds where the age is 0', () => {
    const verifications = new Verifications();
    verifications.note('a/1');
    expect(verifications.isFresh(['a/1', 'a/1/2'], 1_000)).toBe(true);
    expect(verifications.isFresh(['a/2'], 1_000)).toBe(false);
    expect(verifications.isFresh(['a/1'], 0)).toBe(false);
  });

  it('forget the oldest of too many', () => {
    const verifications = new Verifications();
    for (let index = 0; index <= 10_000; index += 1) verifications.note(`a/${index}`);
    expect(verifications.isFresh(['a/0'], 60_000)).toBe(false);
    expect(verifications.isFresh(['a/1'], 60_000)).toBe(true);
  });
});
