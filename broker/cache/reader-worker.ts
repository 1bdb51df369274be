import { parentPort } from 'node:worker_threads';
import type { FillAnswer, ReaderRequest } from './reader-protocol.ts';
import { SegmentReader } from './segment-reader.ts';

// The thread in which the files of the cache are read: a cold disk stalls it and nobody else.
const port = parentPort;
if (port === null) throw new Error('This file is the body of a worker thread.');
const reader = new SegmentReader();

const buffers = new Map<number, SharedArrayBuffer>();

port.on('message', (request: ReaderRequest) => {
  switch (request.kind) {
    case 'buffer':
      buffers.set(request.number, request.buffer);
      return;
    case 'forget':
      buffers.delete(request.number);
      return;
    case 'end':
      reader.end(request.stream);
      return;
    case 'fill': {
      const buffer = buffers.get(request.buffer);
      if (buffer === undefined) throw new Error(`Buffer ${request.buffer} was not introduced.`);
      const answer: FillAnswer = { id: request.id, failure: reader.fill({ ...request, buffer }) };
      port.postMessage(answer);
    }
  }
});
