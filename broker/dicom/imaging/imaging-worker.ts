import { parentPort } from 'node:worker_threads';
import { toBrokerError } from '../../domain/errors.ts';
import { runImagingJob } from './imaging-jobs.ts';
import { type ImagingAnswer, type ImagingJob, transferList } from './imaging-protocol.ts';

// One job at a time: the pool posts the next when this one is answered.
parentPort?.on('message', (job: ImagingJob) => {
  void answer(job);
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
