import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { FrameToConvert } from '../../../../broker/dicom/codec/convert-frame.ts';
import { ImagingPool, type ImagingPoolOptions } from '../../../../broker/dicom/imaging/imaging-pool.ts';
import { explicitVrLittleEndian } from '../../../../broker/domain/transfer-syntax.ts';

const pixels = {
  rows: 2,
  columns: 2,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  isSigned: false,
  numberOfFrames: 1,
} as const;

type Job = { readonly kind: 'convert-frame' } & FrameToConvert;

/** A job whose source syntax tells the fake worker below what to do. */
function job(what: string): Job {
  return { kind: 'convert-frame', bytes: Uint8Array.of(1, 2, 3, 4), from: what, to: 'done', pixels };
}

/** Stands in the place of the real worker: does as it is told. */
const script = `
  const { parentPort } = require('node:worker_threads');
  const kept = [];
  parentPort.on('message', (job) => {
    const [what, value] = job.from.split(' ');
    const answer = () => parentPort.postMessage({ result: { bytes: job.bytes, transferSyntaxUid: job.from, pixels: job.pixels } });
    if (what === 'spin') for (;;);
    if (what === 'memory') for (;;) kept.push(new Array(100000).fill({}));
    if (what === 'throw') throw new Error('on purpose');
    if (what === 'exit') process.exit(3);
    if (what === 'fail') parentPort.postMessage({ failure: { code: 'malformed-data-set', message: 'damaged' } });
    else if (what === 'wait') setTimeout(answer, Number(value));
    else if (what !== 'hang') answer();
  });
`;

let started = 0;
const pools: ImagingPool[] = [];

function pool(options: ImagingPoolOptions = {}): ImagingPool {
  started = 0;
  const made = new ImagingPool({
    threads: 2,
    startWorker: () => {
      started += 1;
      return new Worker(script, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 16 } });
    },
    ...options,
  });
  pools.push(made);
  return made;
}

afterEach(async () => {
  for (const one of pools.splice(0)) await one.close();
});

const { signal } = new AbortController();

describe('the pool of threads for images', () => {
  it('starts threads as they are needed, no more than it may, and lets the other jobs wait', async () => {
    const some = pool();
    expect(some.threads).toBe(0);
    await some.run(job('echo'), { signal });
    await some.run(job('echo'), { signal });
    expect([some.threads, started]).toEqual([1, 1]);
    const all = Array.from({ length: 6 }, (_, index) => some.run(job(`wait ${index}`), { signal }));
    expect([some.threads, some.queued]).toEqual([2, 4]);
    expect((await Promise.all(all)).map(({ transferSyntaxUid }) => transferSyntaxUid)).toEqual(
      all.map((_, index) => `wait ${index}`),
    );
    expect([some.threads, started, some.queued]).toEqual([2, 2, 0]);
  });

  it('hands on what is wrong with an image, and keeps the thread', async () => {
    const some = pool();
    await expect(some.run(job('fail'), { signal })).rejects.toMatchObject({
      code: 'malformed-data-set',
      message: 'damaged',
    });
    await some.run(job('echo'), { signal });
    expect(started).toBe(1);
  });

  it('refuses a job where too many wait, until some have gone', async () => {
    const some = pool({ threads: 1, queueLimit: 2 });
    const taken = ['wait 5', 'echo', 'echo'].map((what) => some.run(job(what), { signal }));
    await expect(some.run(job('echo'), { signal })).rejects.toMatchObject({
      code: 'busy',
      retryAfterInSecs: 1,
    });
    await Promise.all(taken);
    await some.run(job('echo'), { signal });
  });

  it('drops a job that waits when nobody wants it any more', async () => {
    const some = pool({ threads: 1 });
    const controller = new AbortController();
    const first = some.run(job('wait 20'), { signal });
    const unwanted = some.run(job('hang'), controller);
    const last = some.run(job('echo'), { signal });
    controller.abort();
    await expect(unwanted).rejects.toMatchObject({ code: 'cancelled' });
    expect(some.queued).toBe(1);
    await Promise.all([first, last]);
    await expect(some.run(job('echo'), controller)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('ends the thread of a job that nobody wants any more and that goes on', async () => {
    const some = pool({ threads: 1 });
    const controller = new AbortController();
    const unwanted = some.run(job('spin'), controller);
    const next = some.run(job('echo'), { signal });
    controller.abort();
    await expect(unwanted).rejects.toMatchObject({ code: 'cancelled' });
    await next;
    expect([started, some.threads]).toEqual([2, 1]);
  });

  it('lets a job that nobody wants any more end by itself where that is soon', async () => {
    const some = pool({ threads: 1 });
    const controller = new AbortController();
    const unwanted = some.run(job('wait 1'), controller);
    controller.abort();
    await expect(unwanted).rejects.toMatchObject({ code: 'cancelled' });
    await some.run(job('echo'), { signal });
    expect(started).toBe(1);
  });

  it('ends a job that takes too long, with its thread, and no other job', async () => {
    const some = pool();
    const other = some.run(job('wait 400'), { signal });
    await expect(some.run(job('spin'), { signal, timeoutMs: 100 })).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('within 0.1 s') as string,
    });
    await some.run(job('echo'), { signal });
    await other;
    expect([started, some.threads]).toEqual([3, 2]);
  });

  it.each([
    ['throw', 'internal', /ended unexpectedly/],
    ['exit', 'internal', /ended unexpectedly/],
    ['memory', 'too-large', /more memory/],
  ])('%s: fails the job with %s, and no other', async (what, code, message) => {
    const some = pool();
    const other = some.run(job('wait 50'), { signal });
    const failing = some.run(job(what), { signal });
    await expect(failing).rejects.toMatchObject({ code });
    await expect(failing).rejects.toThrow(message);
    await other;
    await Promise.all([some.run(job('echo'), { signal }), some.run(job('echo'), { signal })]);
    expect(some.threads).toBe(2);
  });

  it('fails everything when it is closed', async () => {
    const some = pool({ threads: 1 });
    const jobs = [some.run(job('hang'), { signal }), some.run(job('echo'), { signal })];
    const closed = some.close();
    for (const each of jobs) await expect(each).rejects.toMatchObject({ code: 'cancelled' });
    await closed;
    expect(some.threads).toBe(0);
    await expect(some.run(job('echo'), { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('ends threads that have been idle', async () => {
    const some = pool({ idleMs: 10 });
    await Promise.all([some.run(job('echo'), { signal }), some.run(job('echo'), { signal })]);
    await expect.poll(() => some.threads).toBe(0);
    await some.run(job('echo'), { signal });
  });

  it('transfers large buffers, and leaves no listener on the signal', async () => {
    const some = pool();
    const bytes = new Uint8Array(100_000).fill(7);
    const result = await some.run({ ...job('echo'), bytes }, { signal });
    expect([bytes.byteLength, result.bytes.byteLength]).toEqual([0, 100_000]);
    const { signal: watched } = new AbortController();
    const listeners = new Set<unknown>();
    watched.addEventListener = (_type: string, listener: unknown) => void listeners.add(listener);
    watched.removeEventListener = (_type: string, listener: unknown) => void listeners.delete(listener);
    await some.run(job('echo'), { signal: watched });
    expect(listeners.size).toBe(0);
  });

  it('does the real work in real threads', async () => {
    const some = new ImagingPool({ threads: 1 });
    pools.push(some);
    const native = { ...job(explicitVrLittleEndian), to: '1.2.840.10008.1.2.4.80' };
    const encoded = await some.run(native, { signal });
    const damaged = { ...job('1.2.840.10008.1.2.4.80'), bytes: Uint8Array.of(1, 2) };
    await expect(some.run({ ...damaged, to: explicitVrLittleEndian }, { signal })).rejects.toMatchObject({
      code: 'malformed-data-set',
    });
    const back = { ...job('1.2.840.10008.1.2.4.80'), bytes: encoded.bytes, to: explicitVrLittleEndian };
    expect([...(await some.run(back, { signal })).bytes]).toEqual([1, 2, 3, 4]);
  });
});
