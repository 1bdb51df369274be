import type { Socket } from 'node:net';
import dimse from 'dcmjs-dimse';
import type { association, requests, responses } from 'dcmjs-dimse';
import { queryLevelOf, uidOfLevel } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { encodeDataSet } from './data-set-encoder.ts';
import { explicitVrLittleEndian } from './demo-instance.ts';
import type { DemoInstance } from './demo-instance.ts';
import { EncodedDataSet, identifierOf } from './encoded-data-set.ts';
import { isAccepted, sendInstances } from './send-instances.ts';
import type { Destination } from './send-instances.ts';
import { socketLimits } from './socket-limits.ts';
import { storeRequests, SubOperations } from './sub-operations.ts';

const { PresentationContextResult, SopClass, Status } = dimse.constants;

/** What all associations of the demo archive share. */
export interface SharedArchive {
  readonly aeTitle: string;
  readonly catalogue: Catalogue;
  /** SOP class to the transfer syntax in which its instances are held. */
  readonly held: ReadonlyMap<string, string>;
  readonly destinations: readonly Destination[];
  readonly signal: AbortSignal;
}

const services: ReadonlySet<string> = new Set([
  SopClass.Verification,
  SopClass.StudyRootQueryRetrieveInformationModelFind,
  SopClass.StudyRootQueryRetrieveInformationModelMove,
  SopClass.StudyRootQueryRetrieveInformationModelGet,
]);

const serviceSyntaxes = [explicitVrLittleEndian, dimse.constants.TransferSyntax.ImplicitVRLittleEndian];

/** One association of the demo archive: C-ECHO, and C-FIND, C-MOVE and C-GET in the Study Root model. */
export class DemoScp extends dimse.Scp {
  readonly #archive: SharedArchive;
  #association: association.Association | undefined;

  constructor(socket: Socket, archive: SharedArchive) {
    super(socket, socketLimits);
    this.#archive = archive;
  }

  override associationRequested(requested: association.Association): void {
    this.#association = requested;
    if (requested.getCalledAeTitle() !== this.#archive.aeTitle) {
      const { RejectResult, RejectSource, RejectReason } = dimse.constants;
      this.sendAssociationReject(
        RejectResult.Permanent,
        RejectSource.ServiceUser,
        RejectReason.CalledAeNotRecognized,
      );
      return;
    }
    for (const { context } of requested.getPresentationContexts()) this.#negotiate(context);
    this.sendAssociationAccept();
  }

  #negotiate(context: association.PresentationContext): void {
    const abstractSyntax = context.getAbstractSyntaxUid();
    const held = this.#archive.held.get(abstractSyntax);
    const wanted = services.has(abstractSyntax) ? serviceSyntaxes : held === undefined ? [] : [held];
    const accepted = wanted.find((syntax) => context.hasTransferSyntaxUid(syntax));
    if (accepted !== undefined) context.setResult(PresentationContextResult.Accept, accepted);
    else if (wanted.length > 0)
      context.setResult(PresentationContextResult.RejectTransferSyntaxesNotSupported);
    else context.setResult(PresentationContextResult.RejectAbstractSyntaxNotSupported);
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
  }

  override cEchoRequest(
    request: requests.CEchoRequest,
    callback: (response: responses.CEchoResponse) => void,
  ): void {
    const response = dimse.responses.CEchoResponse.fromRequest(request);
    response.setStatus(Status.Success);
    callback(response);
  }

  override cFindRequest(
    request: requests.CFindRequest,
    callback: (responses: responses.CFindResponse[]) => void,
  ): void {
    const identifier = identifierOf(request.getDataset()?.getElements() ?? {});
    const level = queryLevelOf(identifier.get('QueryRetrieveLevel'));
    const final = dimse.responses.CFindResponse.fromRequest(request);
    final.setStatus(level === undefined ? Status.DataSetSopClassMismatch : Status.Success);
    const answers = level === undefined ? [] : this.#archive.catalogue.find(level, identifier);
    const transferSyntax = this.#transferSyntaxOf(request);
    const explicitVr = transferSyntax === explicitVrLittleEndian;
    const pending = answers.map((answer) => {
      const response = dimse.responses.CFindResponse.fromRequest(request);
      response.setStatus(Status.Pending);
      const values = { ...answer, RetrieveAETitle: this.#archive.aeTitle };
      response.setDataset(new EncodedDataSet(encodeDataSet(values, { explicitVr }), transferSyntax));
      return response;
    });
    callback([...pending, final]);
  }

  /** The transfer syntax of the request's data set, which is the one of its presentation context. */
  #transferSyntaxOf(request: requests.Request): string {
    return request.getDataset()?.getTransferSyntaxUid() ?? explicitVrLittleEndian;
  }

  override cMoveRequest(
    request: requests.CMoveRequest,
    callback: (responses: responses.CMoveResponse[]) => void,
  ): void {
    const { aeTitle: callingAeTitle, destinations, signal } = this.#archive;
    const aeTitle = (request.getCommandDataset().getElement('MoveDestination') ?? '').trim();
    const destination = destinations.find((known) => known.aeTitle === aeTitle);
    if (destination === undefined) {
      const unknown = dimse.responses.CMoveResponse.fromRequest(request);
      unknown.setStatus(Status.MoveDestinationUnknown);
      callback([unknown]);
      return;
    }
    const instances = this.#wantedBy(request);
    const subOperations = new SubOperations(instances.length);
    const response = (status: number): responses.CMoveResponse =>
      withProgress(dimse.responses.CMoveResponse.fromRequest(request), subOperations, status);
    if (instances.length === 0) {
      callback([response(Status.Success)]);
      return;
    }
    // The library lets its callback be called once: for the final response.
    const onProgress = (): void => {
      if (subOperations.progress.remaining > 0) this.sendResponse(request, response(Status.Pending));
    };
    const sending = { instances, destination, callingAeTitle, subOperations, onProgress, signal };
    void sendInstances(sending).then(() => {
      callback([response(subOperations.finalStatus)]);
    });
  }

  override cGetRequest(
    request: requests.CGetRequest,
    callback: (responses: responses.CGetResponse[]) => void,
  ): void {
    const instances = this.#wantedBy(request);
    const subOperations = new SubOperations(instances.length);
    const toSend = storeRequests(
      instances,
      (instance) => this.#association !== undefined && isAccepted(this.#association, instance),
    );
    for (let left = instances.length - toSend.length; left > 0; left -= 1) subOperations.count(undefined);
    const response = (status: number): responses.CGetResponse =>
      withProgress(dimse.responses.CGetResponse.fromRequest(request), subOperations, status);
    for (const store of toSend) {
      store.on('response', (stored: responses.Response) => {
        subOperations.count(stored.getStatus());
        if (subOperations.progress.remaining > 0) this.sendResponse(request, response(Status.Pending));
        else callback([response(subOperations.finalStatus)]);
      });
    }
    if (toSend.length === 0) callback([response(subOperations.finalStatus)]);
    else this.sendRequests(toSend);
  }

  #wantedBy(request: requests.CMoveRequest | requests.CGetRequest): DemoInstance[] {
    const identifier = identifierOf(request.getDataset()?.getElements() ?? {});
    const level = queryLevelOf(identifier.get('QueryRetrieveLevel'));
    // Without the level's unique key a retrieve would name everything (PS3.4 C.4.2.1.4.1 asks for it).
    if (level === undefined || !identifier.get(uidOfLevel[level])) return [];
    return this.#archive.catalogue.instances(level, identifier);
  }

  /** Everything is sent at once or soon done: a C-CANCEL comes too late. */
  override cCancelRequest(): void {}

  /** The peer closes the connection after its A-ABORT; nothing is left to do. */
  override abort(): void {}
}

function withProgress<Response extends responses.CMoveResponse | responses.CGetResponse>(
  response: Response,
  { progress }: SubOperations,
  status: number,
): Response {
  response.setStatus(status);
  if (status === Status.Pending) response.setRemaining(progress.remaining);
  response.setCompleted(progress.completed);
  response.setFailures(progress.failed);
  response.setWarnings(0);
  return response;
}
