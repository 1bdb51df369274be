import type { Worker } from 'node:worker_threads';
import type { ToReceiver } from './protocol.ts';

/** How long the thread may take to stop before it is ended. */
const stopTimeoutMs = 10_000;

/** Has a receiving thread that runs stop listening and end, in bounded time. */
export async function endThread(worker: Worker): Promise<void> {
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
    });
  });
  const timer = setTimeout(() => void worker.terminate(), stopTimeoutMs);
  try {
    worker.postMessage({ kind: 'stop' } satisfies ToReceiver);
    await exited;
  } finally {
    clearTimeout(timer);
  }
}
