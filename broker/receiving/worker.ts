import { parentPort, workerData } from 'node:worker_threads';
import { getScu } from '../dimse/get-scu.ts';
import { loadQuickAck } from '../dimse/quick-ack.ts';
import { StoreScp } from '../dimse/store-scp.ts';
import { toBrokerError } from '../domain/errors.ts';
import { InstanceKeeper } from './instance-keeper.ts';
import type { FromReceiver, GetOrder, PlainError, ReceivingOptions, ToReceiver } from './protocol.ts';

/**
 * The thread in which instances arrive: the storage SCP and C-GET associations. It has an event loop
 * of its own, so that a large instance never delays an answer to a viewer.
 */
if (parentPort === null) throw new Error('This module runs as a worker thread.');
const port = parentPort;
const options = workerData as ReceivingOptions;
const gets = new Map<number, AbortController>();

function tell(message: FromReceiver): void {
  port.postMessage(message);
}

const keeper = new InstanceKeeper({
  cacheDirectory: options.cacheDirectory,
  unsolicitedArchive: options.unsolicitedArchive,
  stored: (instance) => {
    tell({ kind: 'stored', instance });
  },
  receiving: (receiving) => {
    tell({ kind: 'receiving', receiving });
  },
  refused: (refused) => {
    tell({ kind: 'refused', refused });
  },
});

/** How often it is told how much has come: often enough for a plot of seconds. */
const receivedEveryMs = 250;
setInterval(() => {
  const bytes = keeper.takeReceived();
  if (bytes > 0) tell({ kind: 'received', bytes });
}, receivedEveryMs).unref();

const loaded = options.quickAck ? loadQuickAck() : { unavailable: 'switched off by dimse.quick_ack' };
const quickAck = 'quickAck' in loaded ? loaded.quickAck : undefined;

const scp = new StoreScp({
  ...options,
  quickAck,
  handler: keeper,
  onAssociation: (event) => {
    tell({ kind: 'association', event });
  },
});

async function start(): Promise<void> {
  try {
    const { address, port: listeningPort } = await scp.start();
    tell({
      kind: 'listening',
      address,
      port: listeningPort,
      quickAck: 'unavailable' in loaded ? loaded.unavailable : 'on',
    });
  } catch (error) {
    tell({ kind: 'failed', error: plain(error) });
    port.close();
  }
}

async function get(id: number, order: GetOrder): Promise<void> {
  const controller = new AbortController();
  gets.set(id, controller);
  try {
    const end = await getScu({
      ...order,
      identifier: Buffer.from(order.identifier),
      quickAck,
      handler: keeper,
      signal: controller.signal,
      onProgress: (progress) => {
        tell({ kind: 'get-progress', id, progress });
      },
    });
    tell({ kind: 'get-ended', id, end });
  } catch (error) {
    tell({ kind: 'get-failed', id, error: plain(error) });
  } finally {
    gets.delete(id);
  }
}

async function stop(): Promise<void> {
  for (const controller of gets.values()) controller.abort();
  await scp.stop();
  tell({ kind: 'stopped' });
  port.close();
}

function plain(thrown: unknown): PlainError {
  const { code, message, dimseStatus, remedy } = toBrokerError(thrown);
  return { code, message, dimseStatus, remedy };
}

port.on('message', (message: ToReceiver) => {
  switch (message.kind) {
    case 'expect':
      keeper.expect(message.id, message.expectation);
      tell({ kind: 'expecting', id: message.id });
      return;
    case 'unexpect':
      keeper.unexpect(message.id);
      return;
    case 'get':
      void get(message.id, message.order);
      return;
    case 'cancel-get':
      gets.get(message.id)?.abort();
      return;
    case 'stop':
      void stop();
  }
});

void start();
