import { parentPort } from 'node:worker_threads';
import type { FillAnswer, ReaderRequest } from './reader-protocol.ts';
import { SegmentReader } from './segment-reader.ts';

// The thread in which the files of the cache are read: a cold disk stalls it and nobody else.
const port = parentPort;
if (port === null) throw new Error('This file is the body of a worker thread.');
const reader = new SegmentReader();

port.on('message', (request: ReaderRequest) => {
  if (request.kind === 'end') {
    reader.end(request.stream);
    return;
  }
  const answer: FillAnswer = { id: request.id, failure: reader.fill(request) };
  port.postMessage(answer);
});
