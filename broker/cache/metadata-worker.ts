import { parentPort, workerData } from 'node:worker_threads';
import { loadDictionary } from '../domain/dictionary.ts';
import { MetadataDatabase } from './metadata-database.ts';
import {
  type MetadataAnswer,
  type MetadataMessage,
  type MetadataNote,
  type MetadataWorkerData,
  unpackInstances,
} from './metadata-protocol.ts';
import { MetadataStore } from './metadata-store.ts';
import type { StoredInstance } from './stored-instance.ts';

// The thread in which files are described, once each, and which alone opens the metadata database.
const port = parentPort;
if (port === null) throw new Error('This file is the body of a worker thread.');
const { path, current } = workerData as MetadataWorkerData;
await loadDictionary();

/** A full disk says so with every row: once a minute is enough. */
const toldAt = new Map<string, number>();
const tellAgainMs = 60_000;
const database = new MetadataDatabase(path, (problem, cause) => {
  const now = performance.now();
  if (now - (toldAt.get(problem) ?? -Infinity) < tellAgainMs) return;
  toldAt.set(problem, now);
  const reason = cause instanceof Error ? cause.message : undefined;
  tell({ note: `${problem}.`, fields: { path, ...(reason === undefined ? {} : { reason }) } });
});
const store = new MetadataStore({
  database,
  lookingAt: (index) => {
    Atomics.store(current, 1, index);
  },
  note: (note, { archive, study, series, instance }, problems) => {
    tell({ note: `${note}.`, fields: { archive, study, series, instance, problems } });
  },
});

/** Instances whose metadata is made while nobody asks for anything; there is no need to keep count of more. */
const toPrepare: StoredInstance[] = [];
const mostToPrepare = 20_000;
const prepareMs = 10;
let preparing: NodeJS.Immediate | undefined;

port.on('message', (message: MetadataMessage) => {
  if (message.kind === 'prepare') {
    toPrepare.push(...unpackInstances(message.instances).slice(0, mostToPrepare - toPrepare.length));
    preparing ??= setImmediate(prepareSome);
  } else if (message.kind === 'remove') {
    database.removeStudies(message.studies);
  } else if (message.kind === 'close') {
    database.close();
    clearImmediate(preparing);
    port.close();
  } else {
    Atomics.store(current, 1, 0);
    Atomics.store(current, 0, message.id);
    const answer = answerTo(message);
    Atomics.store(current, 0, 0);
    port.postMessage(answer, answer.texts === undefined ? [] : [answer.texts.bytes.buffer]);
  }
});

function answerTo(
  question: Exclude<MetadataMessage, { kind: 'prepare' | 'remove' | 'close' }>,
): MetadataAnswer {
  const { id } = question;
  if (question.kind === 'studies') return { id, studies: database.studiesAfter(question.after) };
  if (question.kind === 'texts') {
    const texts = store.texts(unpackInstances(question.instances), question.service);
    return 'code' in texts ? { id, failure: texts } : { id, texts };
  }
  if (question.kind === 'outlines')
    return { id, outlines: store.outlines(unpackInstances(question.instances)) };
  const [instance] = unpackInstances(question.instances);
  if (instance === undefined) return { id };
  if (question.kind === 'attributes') {
    const attributes = store.attributes(instance);
    return 'code' in attributes ? { id, failure: attributes } : { id, attributes };
  }
  const places = store.places(instance);
  return 'code' in places ? { id, failure: places } : { id, places };
}

/** For a few milliseconds at a time, so that questions are answered in between. */
function prepareSome(): void {
  const until = performance.now() + prepareMs;
  while (performance.now() < until) {
    const some = toPrepare.splice(0, 8);
    if (some.length === 0) break;
    for (const one of some) store.prepare(one);
  }
  store.commit();
  preparing = toPrepare.length > 0 ? setImmediate(prepareSome) : undefined;
}

function tell(note: MetadataNote): void {
  port?.postMessage(note);
}
