import { createConnection } from 'node:net';
import dimse from 'dcmjs-dimse';
import type { DemoInstance } from './demo-instance.ts';
import { storeRequests } from './sub-operations.ts';
import type { SubOperations } from './sub-operations.ts';
import { socketLimits } from './socket-limits.ts';

/** An application that a C-MOVE may name as its destination. */
export interface Destination {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
}

export interface Sending {
  readonly instances: readonly DemoInstance[];
  readonly destination: Destination;
  readonly callingAeTitle: string;
  /** Counts the answers; what is left over when the association ends counts as failed. */
  readonly subOperations: SubOperations;
  /** Called after each answer. */
  readonly onProgress: () => void;
  readonly signal: AbortSignal;
}

/** One presentation context for each SOP class in each transfer syntax in which there is something to send. */
function propose(sending: Sending): InstanceType<typeof dimse.association.Association> {
  const association = new dimse.association.Association(sending.callingAeTitle, sending.destination.aeTitle);
  const proposed = new Set<string>();
  for (const { sopClass, transferSyntax } of sending.instances) {
    const pair = `${sopClass} ${transferSyntax}`;
    if (proposed.has(pair)) continue;
    proposed.add(pair);
    const id = association.addPresentationContext(sopClass);
    association.addTransferSyntaxToPresentationContext(id, transferSyntax);
  }
  return association;
}

/**
 * Carries out the C-STORE sub-operations of a C-MOVE on an association of their own. Never rejects:
 * a destination that cannot be reached or refuses shows in the counts.
 */
export async function sendInstances(sending: Sending): Promise<void> {
  const { destination, subOperations, signal } = sending;
  const socket = createConnection({ host: destination.host, port: destination.port, noDelay: true });
  const stop = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  const association = propose(sending);
  // The library's own client cannot be told which transfer syntaxes to propose, nor to set no-delay.
  const network = new dimse.Scp(socket, socketLimits);
  network.on('connect', () => {
    network.sendAssociationRequest(association);
  });
  network.on('associationAccepted', () => {
    const requests = storeRequests(sending.instances, (instance) => isAccepted(association, instance));
    for (const request of requests) {
      request.on('response', (response: { getStatus(): number }) => {
        subOperations.count(response.getStatus());
        sending.onProgress();
      });
    }
    network.sendRequests(requests);
  });
  network.on('done', () => {
    network.sendAssociationReleaseRequest();
  });
  for (const event of ['associationReleaseResponse', 'associationRejected', 'abort', 'networkError']) {
    network.on(event, () => socket.end());
  }
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  signal.removeEventListener('abort', stop);
  subOperations.abandonRest();
}

/** True where a context was accepted for the instance's SOP class in the transfer syntax that it has. */
export function isAccepted(
  association: InstanceType<typeof dimse.association.Association>,
  { sopClass, transferSyntax }: DemoInstance,
): boolean {
  return association
    .getPresentationContexts()
    .some(
      ({ context }) =>
        context.getResult() === dimse.constants.PresentationContextResult.Accept &&
        context.getAbstractSyntaxUid() === sopClass &&
        context.getAcceptedTransferSyntaxUid() === transferSyntax,
    );
}
