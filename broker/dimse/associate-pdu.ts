import { implementationClassUid, implementationVersionName } from '../domain/implementation.ts';
import { BrokerError } from '../domain/errors.ts';
import { PduType, pduHeaderLength } from './pdu.ts';
import {
  ItemType,
  applicationContextName,
  decodeItems,
  encodeItem,
  itemText,
  lengthAndUid,
  splitUid,
} from './associate-items.ts';
import type {
  AnsweredContext,
  ExtendedNegotiation,
  ProposedContext,
  RoleSelection,
} from './presentation-context.ts';

interface AssociateCommon {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  /** Largest P-DATA-TF variable part that the sender of this PDU takes, in bytes; 0 means any. */
  readonly maxPduLength: number;
  readonly roles: readonly RoleSelection[];
  readonly extended: readonly ExtendedNegotiation[];
  /** Implementation Version Name of the peer where it told one; ours is always sent (PS3.7 annex D.3.3.2). */
  readonly implementation?: string | undefined;
}

/** A-ASSOCIATE-RQ (PS3.8 section 9.3.2). */
export interface AssociateRq extends AssociateCommon {
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
}

/** A-ASSOCIATE-AC (PS3.8 section 9.3.3). */
export interface AssociateAc extends AssociateCommon {
  readonly contexts: readonly AnsweredContext[];
}

/** Protocol version, two reserved bytes, two AE titles, 32 reserved bytes (PS3.8 table 9-11). */
const fixedPartLength = 68;

export function encodeAssociateRq(request: Omit<AssociateRq, 'applicationContext'>): Buffer {
  const contexts = request.contexts.map((context) =>
    encodeItem(
      ItemType.presentationContextRq,
      Buffer.from([context.id, 0, 0, 0]),
      encodeItem(ItemType.abstractSyntax, context.abstractSyntax),
      ...context.transferSyntaxes.map((syntax) => encodeItem(ItemType.transferSyntax, syntax)),
    ),
  );
  return encodeAssociate(PduType.associateRq, request, contexts);
}

export function encodeAssociateAc(answer: AssociateAc): Buffer {
  const contexts = answer.contexts.map((context) =>
    encodeItem(
      ItemType.presentationContextAc,
      Buffer.from([context.id, 0, context.result, 0]),
      encodeItem(ItemType.transferSyntax, context.transferSyntax),
    ),
  );
  return encodeAssociate(PduType.associateAc, answer, contexts);
}

function encodeAssociate(type: number, common: AssociateCommon, contexts: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(fixedPartLength);
  fixed.writeUInt16BE(1, 0);
  fixed.write(common.calledAeTitle.padEnd(16), 4, 16, 'latin1');
  fixed.write(common.callingAeTitle.padEnd(16), 20, 16, 'latin1');
  const body = Buffer.concat([
    fixed,
    encodeItem(ItemType.applicationContext, applicationContextName),
    ...contexts,
    encodeUserInformation(common),
  ]);
  const header = Buffer.from([type, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body], pduHeaderLength + body.length);
}

/** Sub-items in ascending order of their type, as PS3.7 annex D.3.3 lists them and strict peers expect. */
function encodeUserInformation(common: AssociateCommon): Buffer {
  const maxLength = Buffer.alloc(4);
  maxLength.writeUInt32BE(common.maxPduLength);
  return encodeItem(
    ItemType.userInformation,
    encodeItem(ItemType.maximumLength, maxLength),
    encodeItem(ItemType.implementationClassUid, implementationClassUid),
    ...common.roles.map((role) =>
      encodeItem(
        ItemType.roleSelection,
        lengthAndUid(role.sopClass),
        Buffer.from([Number(role.scu), Number(role.scp)]),
      ),
    ),
    encodeItem(ItemType.implementationVersionName, implementationVersionName),
    ...common.extended.map((extended) =>
      encodeItem(ItemType.extendedNegotiation, lengthAndUid(extended.sopClass), extended.information),
    ),
  );
}

/** @throws BrokerError `association-aborted` where the body is malformed */
export function decodeAssociateRq(body: Buffer): AssociateRq {
  const contexts: ProposedContext[] = [];
  let applicationContext = '';
  const common = decodeAssociate(body, (type, value) => {
    if (type === ItemType.applicationContext) applicationContext = itemText(value);
    if (type === ItemType.presentationContextRq) contexts.push(decodeProposedContext(value));
  });
  return { ...common, applicationContext, contexts };
}

/** @throws BrokerError `association-aborted` where the body is malformed */
export function decodeAssociateAc(body: Buffer): AssociateAc {
  const contexts: AnsweredContext[] = [];
  const common = decodeAssociate(body, (type, value) => {
    if (type !== ItemType.presentationContextAc) return;
    const syntax = decodeItems(value.subarray(4)).find((item) => item.type === ItemType.transferSyntax);
    contexts.push({
      id: value[0] ?? 0,
      result: value[2] ?? 0,
      transferSyntax: syntax === undefined ? '' : itemText(syntax.value),
    });
  });
  return { ...common, contexts };
}

function decodeProposedContext(value: Buffer): ProposedContext {
  const items = decodeItems(value.subarray(4));
  const abstractSyntax = items.find((item) => item.type === ItemType.abstractSyntax);
  return {
    id: value[0] ?? 0,
    abstractSyntax: abstractSyntax === undefined ? '' : itemText(abstractSyntax.value),
    transferSyntaxes: items
      .filter((item) => item.type === ItemType.transferSyntax)
      .map((item) => itemText(item.value)),
  };
}

function decodeAssociate(body: Buffer, visit: (type: number, value: Buffer) => void): AssociateCommon {
  if (body.length < fixedPartLength) {
    throw new BrokerError('association-aborted', 'The peer sent an association PDU that is too short.');
  }
  const roles: RoleSelection[] = [];
  const extended: ExtendedNegotiation[] = [];
  let maxPduLength = 0;
  let implementation: string | undefined;
  for (const item of decodeItems(body.subarray(fixedPartLength))) {
    visit(item.type, item.value);
    if (item.type !== ItemType.userInformation) continue;
    for (const { type, value } of decodeItems(item.value)) {
      if (type === ItemType.maximumLength && value.length >= 4) maxPduLength = value.readUInt32BE(0);
      if (type === ItemType.implementationVersionName) implementation = itemText(value);
      if (type === ItemType.roleSelection) roles.push(decodeRole(value));
      if (type === ItemType.extendedNegotiation) {
        const { uid, rest } = splitUid(value);
        extended.push({ sopClass: uid, information: rest });
      }
    }
  }
  return {
    calledAeTitle: itemText(body.subarray(4, 20)),
    callingAeTitle: itemText(body.subarray(20, 36)),
    maxPduLength,
    roles,
    extended,
    implementation,
  };
}

function decodeRole(value: Buffer): RoleSelection {
  const { uid, rest } = splitUid(value);
  return { sopClass: uid, scu: rest[0] === 1, scp: rest[1] === 1 };
}
