import { writeFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ListedInstance } from '../../../broker/archive/archive.ts';
import type { RetrieveOrder, RetrieveOutcome } from '../../../broker/archive/archive-retrieve.ts';
import type { RetrieveTarget } from '../../../broker/archive/retrieve-identifier.ts';
import { Cache } from '../../../broker/cache/cache.ts';
import { instancePath } from '../../../broker/cache/instance-path.ts';
import type { StoredInstance } from '../../../broker/cache/stored-instance.ts';
import type { Resource } from '../../../broker/domain/resource.ts';
import { type Uid, parseUid } from '../../../broker/domain/uid.ts';
import type { InstanceSource } from '../../../broker/retrieval/instance-source.ts';
import type { JobProgress } from '../../../broker/retrieval/job-progress.ts';
import type { RetrievalSettings } from '../../../broker/retrieval/retrieval-settings.ts';
import { Retrieval } from '../../../broker/retrieval/retrieval.ts';
import { recordedLog } from '../../support/query-archive.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface FakeInstance {
  readonly study: Uid;
  readonly series: Uid;
  readonly instance: Uid;
}

export function uid(text: string): Uid {
  return parseUid(text, 'a test');
}

export const study = uid('1.2.3');

/** `count` instances, dealt out to the series 1.2.3.1, 1.2.3.2, ... in turn. */
export function instances(count: number, series = 1): FakeInstance[] {
  return Array.from({ length: count }, (_, index) => {
    const number = (index % series) + 1;
    return { study, series: uid(`1.2.3.${number}`), instance: uid(`1.2.3.${number}.${index + 1}`) };
  });
}

/** One request to the archive. */
export interface Asked {
  readonly index: number;
  readonly order: RetrieveOrder;
  readonly wanted: readonly FakeInstance[];
  send(some?: readonly FakeInstance[]): Promise<void>;
}

export type Play = (asked: Asked) => Promise<Partial<RetrieveOutcome>>;

export interface Bench extends AsyncDisposable {
  readonly retrieval: Retrieval;
  readonly cache: Cache;
  readonly source: InstanceSource;
  readonly targets: readonly RetrieveTarget[];
  readonly listings: readonly Resource[];
  readonly ended: readonly JobProgress[];
  /** How many studies may be received at the moment. */
  readonly expectations: number;
  has: FakeInstance[];
  /** What listing does instead of naming what is there. */
  list: (() => Promise<void>) | undefined;
  /** What a retrieval waits for before it is its turn. */
  turn: Promise<undefined> | undefined;
  play: Play;
  store(instance: FakeInstance): Promise<void>;
}

const shortTimes: RetrievalSettings = {
  firstInstanceTimeoutMs: 2_000,
  retryAfterInSecs: 7,
  lateArrivalMs: 150,
  maxAttempts: 3,
  retryDelayMs: 200,
  ignoreMissing: false,
  cancelGraceMs: 80,
  recheckAfterMs: 60_000,
};

/** A Retrieval with a cache of its own, in front of an archive that is an object. */
export async function startBench(
  has: FakeInstance[],
  settings: Partial<RetrievalSettings> = {},
): Promise<Bench> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('retrieval'));
  const { logger } = recordedLog();
  const cache = await Cache.open({ directory: directory.path, maxAgeInMin: 60, maxSizeInMb: 0, logger });
  stack.defer(() => cache.close());
  const ended: JobProgress[] = [];
  const targets: RetrieveTarget[] = [];
  const listings: Resource[] = [];
  let expectations = 0;
  const retrieval = new Retrieval({
    cache,
    settings: { ...shortTimes, ...settings },
    logger,
    expect: async () => {
      await Promise.resolve();
      expectations += 1;
      return { [Symbol.dispose]: () => void (expectations -= 1) };
    },
    onStart: () => undefined,
    onEnd: (progress) => ended.push(progress),
  });
  stack.defer(() => retrieval.stop());
  const store = async (one: FakeInstance): Promise<void> => {
    const stored = await written(directory.path, one);
    cache.add(stored);
    retrieval.arrived(stored);
  };
  const source: InstanceSource = {
    name: 'default',
    aeTitle: 'FAKE',
    maxAssociations: 4,
    async *list(resource): AsyncGenerator<ListedInstance, void, undefined> {
      listings.push(resource);
      await (bench.list ?? Promise.resolve.bind(Promise))();
      if (bench.list !== undefined) return;
      for (const one of wantedOf(bench.has, { resource }))
        yield { ...one, sopClasses: ['1.2.840.10008.5.1.4.1.1.2'] };
    },
    async retrieve(order) {
      await bench.turn;
      order.onTurn?.();
      const wanted = wantedOf(bench.has, order.target);
      targets.push(order.target);
      const send = async (some = wanted): Promise<void> => {
        for (const one of some) await store(one);
      };
      const outcome = await bench.play({ index: targets.length - 1, order, wanted, send });
      const nothing = { remaining: undefined, completed: undefined, failed: undefined, warning: undefined };
      return { ...nothing, status: 0, comment: undefined, method: 'c-move', ...outcome };
    },
  };
  const owned = stack.move();
  const bench: Bench = {
    retrieval,
    cache,
    source,
    targets,
    listings,
    ended,
    get expectations() {
      return expectations;
    },
    has,
    list: undefined,
    turn: undefined,
    play: async ({ send, wanted }) => {
      await send();
      return { completed: wanted.length, failed: 0 };
    },
    store,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return bench;
}

async function written(directory: string, one: FakeInstance): Promise<StoredInstance> {
  const name = { ...one, archive: 'default' };
  const path = instancePath(directory, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, one.instance);
  return {
    ...name,
    path,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    size: one.instance.length,
    dataSetOffset: 0,
    crc32: 0,
  };
}

function wantedOf(
  has: readonly FakeInstance[],
  { resource, instances: named }: RetrieveTarget,
): FakeInstance[] {
  return has.filter(
    (one) =>
      one.study === resource.study &&
      (resource.level === 'study' || one.series === resource.series) &&
      (resource.level !== 'instance' || one.instance === resource.instance) &&
      (named === undefined || named.includes(one.instance)),
  );
}
