import { parentPort } from 'node:worker_threads';
import { BrokerError, toBrokerError } from '../../domain/errors.ts';
import { NativeCodecs } from '../codec/native-codecs.ts';
import { runImagingJob } from './imaging-jobs.ts';
import { type CodecsMessage, type ImagingAnswer, type ImagingJob, transferList } from './imaging-protocol.ts';

const codecs = Promise.withResolvers<WebAssembly.Module>();
NativeCodecs.provide(codecs.promise);
// Whoever needs it says so.
codecs.promise.catch(() => undefined);

// One job at a time: the pool posts the next when this one is answered.
parentPort?.on('message', (message: ImagingJob | CodecsMessage) => {
  if (!('codecs' in message)) void answer(message);
  else if (message.codecs !== undefined) codecs.resolve(message.codecs);
  else codecs.reject(new BrokerError('internal', 'The codecs could not be loaded.'));
});

async function answer(job: ImagingJob): Promise<void> {
  let reply: ImagingAnswer;
  try {
    reply = { result: await runImagingJob(job) };
  } catch (thrown) {
    const { code, message } = toBrokerError(thrown);
    reply = { failure: { code, message } };
  }
  parentPort?.postMessage(reply, 'result' in reply ? transferList(reply.result) : []);
}
