import { Association } from '../../dimse/association.ts';
import type { Connection } from '../../dimse/association-trace.ts';
import type { AssociationLimits } from '../../dimse/negotiation.ts';
import { numberContexts } from '../../dimse/presentation-context.ts';
import type { Endpoint } from '../../dimse/rejection.ts';
import { TraceLines } from '../../dimse/trace-lines.ts';
import { studyRootGetSopClass, studyRootMoveSopClass, verificationSopClass } from '../../domain/sop-class.ts';
import { implicitVrLittleEndian } from '../../domain/transfer-syntax.ts';
import { findContexts, findExtendedNegotiation } from '../find-negotiation.ts';
import type { CheckAddress } from './check-event.ts';

/** Tells when the TCP connection is there, which is before the association is. */
class ConnectionTrace extends TraceLines {
  readonly connecting = Promise.withResolvers<Connection>();

  override connected(connection: Connection): void {
    super.connected(connection);
    this.connecting.resolve(connection);
  }
}

/** The endpoint of an address that is being checked. */
export function endpointOf({ host, port, aeTitle, callingAeTitle }: CheckAddress): Endpoint {
  return { host, port, calledAeTitle: aeTitle, callingAeTitle };
}

/** The one association that a check has open, in two steps: the connection, then the negotiation. */
export class CheckAssociation {
  readonly #address: CheckAddress;
  readonly #limits: AssociationLimits;
  readonly #signal: AbortSignal;
  #opening: Promise<Association> | undefined;
  #trace = new ConnectionTrace();

  constructor(address: CheckAddress, limits: AssociationLimits, signal: AbortSignal) {
    this.#address = address;
    this.#limits = limits;
    this.#signal = signal;
  }

  /** Our address on the way to the archive, once connected. */
  get localAddress(): string | undefined {
    return this.#trace.connection?.localAddress;
  }

  /** Begins; settles when TCP is connected. @throws BrokerError `archive-unreachable` */
  async connect(): Promise<Connection> {
    this.#trace = new ConnectionTrace();
    const opening = Association.open(
      {
        endpoint: endpointOf(this.#address),
        // Everything that may be asked, so that the answer tells what the archive offers.
        contexts: numberContexts([
          { abstractSyntax: verificationSopClass, transferSyntaxes: [implicitVrLittleEndian] },
          ...findContexts(),
          { abstractSyntax: studyRootMoveSopClass, transferSyntaxes: [implicitVrLittleEndian] },
          { abstractSyntax: studyRootGetSopClass, transferSyntaxes: [implicitVrLittleEndian] },
        ]),
        extended: findExtendedNegotiation(true),
        limits: this.#limits,
        trace: this.#trace,
      },
      this.#signal,
    );
    this.#opening = opening;
    const failed = opening.then(() => this.#trace.connecting.promise);
    return await Promise.race([this.#trace.connecting.promise, failed]);
  }

  /** Settles when the association is open. @throws BrokerError as Association.open */
  async associate(): Promise<Association> {
    if (this.#opening === undefined) await this.connect();
    return await this.#opening!;
  }

  /** The association where it is fit for another operation, else a new one. @throws BrokerError as Association.open */
  async usable(): Promise<Association> {
    const association = await this.associate();
    if (association.isIdle) return association;
    await this.end();
    return await this.associate();
  }

  /** Why the archive rejected us, by source and reason: «1.3». */
  get rejection(): string | undefined {
    return this.#trace.rejection;
  }

  /** Ends the association, in order where that is possible; settles when it is closed. Never rejects. */
  async end(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const association = await opening?.catch(() => undefined);
    await association?.end();
  }
}
