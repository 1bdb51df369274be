import { studyRootGetSopClass } from '../domain/sop-class.ts';
import { Association } from './association.ts';
import { CommandField, type CommandSet } from './command-set.ts';
import type { AssociationLimits } from './negotiation.ts';
import { type ProposedContext, maxPresentationContexts, numberContexts } from './presentation-context.ts';
import type { QuickAck } from './quick-ack.ts';
import { type Endpoint, describe } from './rejection.ts';
import { type RetrieveEnd, type RetrieveProgress, progressOf, retrieveEnd } from './retrieve-response.ts';
import { type StoreHandler, StoreService } from './store-service.ts';

/** A SOP class that instances of the retrieval have, and the syntaxes they may come in. */
export interface StorageContext {
  readonly sopClass: string;
  readonly transferSyntax: string;
}

export interface GetRequest {
  readonly endpoint: Endpoint;
  readonly limits: AssociationLimits;
  readonly quickAck: QuickAck | undefined;
  /** The encoded identifier, in Implicit VR Little Endian. */
  readonly identifier: Buffer;
  /** Storage contexts to propose, the most wanted first; what exceeds an association's 128 is left out. */
  readonly storage: readonly StorageContext[];
  readonly responseTimeoutMs: number;
  readonly handler: StoreHandler;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: RetrieveProgress) => void;
}

/** Identifiers of queries and retrievals travel in the default transfer syntax, which everybody knows. */
const identifierSyntax = '1.2.840.10008.1.2';

/**
 * Retrieves with C-GET: the instances come as C-STORE requests on the same association, for which this
 * side proposes the SCP role (PS3.4 section C.4.3, PS3.7 annex D.3.3.4).
 * @throws BrokerError of the association; `context-not-accepted` where the peer offers no C-GET
 */
export async function getScu(request: GetRequest): Promise<RetrieveEnd> {
  const storage = request.storage.slice(0, maxPresentationContexts - 1);
  const association = await Association.open(
    {
      ...request,
      contexts: proposedContexts(storage),
      roles: [...new Set(storage.map((context) => context.sopClass))].map((sopClass) => ({
        sopClass,
        scu: false,
        scp: true,
      })),
      server: new StoreService(request.handler, {
        callingAeTitle: request.endpoint.calledAeTitle,
        peer: request.endpoint.host,
      }),
    },
    request.signal,
  );
  let clean = false;
  try {
    const context = association.requireContext(studyRootGetSopClass, 'C-GET (Study Root)');
    const command: CommandSet = {
      commandField: CommandField.cGetRq,
      hasDataSet: true,
      messageId: association.nextMessageId(),
      affectedSopClassUid: studyRootGetSopClass,
      priority: 0,
    };
    let end: RetrieveEnd | undefined;
    for await (const response of association.request({
      contextId: context.id,
      command,
      identifier: request.identifier,
      timeoutMs: request.responseTimeoutMs,
      signal: request.signal,
    })) {
      if (response.isFinal) end = retrieveEnd(response);
      else request.onProgress(progressOf(response.command));
    }
    clean = true;
    if (end === undefined)
      throw new Error(`${describe(request.endpoint)} ended a C-GET without a final response.`);
    return end;
  } finally {
    if (clean) await association.release();
    else await association.end();
  }
}

/**
 * One context for each pair of class and syntax: in a context with several syntaxes the archive would
 * settle on one for all instances of the class, and convert or fail for the others.
 */
function proposedContexts(storage: readonly StorageContext[]): ProposedContext[] {
  const pairs = storage.map(({ sopClass, transferSyntax }) => ({
    abstractSyntax: sopClass,
    transferSyntaxes: [transferSyntax],
  }));
  return numberContexts([
    { abstractSyntax: studyRootGetSopClass, transferSyntaxes: [identifierSyntax] },
    ...pairs,
  ]);
}
