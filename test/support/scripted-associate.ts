import { pduTypes } from './scripted-pdu.ts';
import type { Pdu } from './scripted-pdu.ts';

export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** PS3.7 annex D.3.3.4. */
export interface RoleSelection {
  readonly sopClass: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** PS3.7 annex D.3.3.5; for Query/Retrieve the bytes of PS3.4 C.5.1.1: relational, date-time, fuzzy, ... */
export interface ExtendedNegotiation {
  readonly sopClass: string;
  readonly bytes: readonly number[];
}

export interface AssociateRequest {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly contexts: readonly ProposedContext[];
  /** 0: no limit. */
  readonly maxPduLength: number;
  readonly roles: readonly RoleSelection[];
  readonly extendedNegotiation: readonly ExtendedNegotiation[];
}

export interface ContextAnswer {
  readonly id: number;
  /** 0 accepted, 1 user rejection, 2 no reason, 3 abstract, 4 transfer syntaxes not supported (PS3.8 table 9-18). */
  readonly result: number;
  readonly transferSyntax: string;
}

export interface AssociateAccept {
  readonly contexts: readonly ContextAnswer[];
  readonly maxPduLength: number;
  readonly roles: readonly RoleSelection[];
  readonly extendedNegotiation: readonly ExtendedNegotiation[];
}

const applicationContext = '1.2.840.10008.3.1.1.1';
const implementationClass = '1.2.826.0.1.3680043.10.1999.2';

function item(type: number, body: Buffer): Buffer {
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function text(type: number, value: string): Buffer {
  return item(type, Buffer.from(value, 'latin1'));
}

function counted(value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([length, Buffer.from(value, 'latin1')]);
}

type UserInformation = Pick<AssociateAccept, 'maxPduLength' | 'roles' | 'extendedNegotiation'>;

function userInformation(information: UserInformation): Buffer {
  const maxLength = Buffer.alloc(4);
  maxLength.writeUInt32BE(information.maxPduLength);
  const roles = information.roles.map(({ sopClass, scu, scp }) =>
    item(0x54, Buffer.concat([counted(sopClass), Buffer.from([Number(scu), Number(scp)])])),
  );
  const extended = information.extendedNegotiation.map(({ sopClass, bytes }) =>
    item(0x56, Buffer.concat([counted(sopClass), Buffer.from(bytes)])),
  );
  const implementation = text(0x52, implementationClass);
  return item(0x50, Buffer.concat([item(0x51, maxLength), implementation, ...roles, ...extended]));
}

function associateBody(titles: { called: string; calling: string }, items: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(1, 0);
  fixed.write(titles.called.padEnd(16), 4, 'latin1');
  fixed.write(titles.calling.padEnd(16), 20, 'latin1');
  return Buffer.concat([fixed, text(0x10, applicationContext), ...items]);
}

export function encodeAssociateRequest(request: AssociateRequest): Pdu {
  const contexts = request.contexts.map(({ id, abstractSyntax, transferSyntaxes }) => {
    const syntaxes = transferSyntaxes.map((uid) => text(0x40, uid));
    return item(0x20, Buffer.concat([Buffer.from([id, 0, 0, 0]), text(0x30, abstractSyntax), ...syntaxes]));
  });
  const titles = { called: request.calledAeTitle, calling: request.callingAeTitle };
  return {
    type: pduTypes.associateRequest,
    body: associateBody(titles, [...contexts, userInformation(request)]),
  };
}

export function encodeAssociateAccept(request: AssociateRequest, accept: AssociateAccept): Pdu {
  const contexts = accept.contexts.map(({ id, result, transferSyntax }) =>
    item(0x21, Buffer.concat([Buffer.from([id, 0, result, 0]), text(0x40, transferSyntax)])),
  );
  const titles = { called: request.calledAeTitle, calling: request.callingAeTitle };
  return {
    type: pduTypes.associateAccept,
    body: associateBody(titles, [...contexts, userInformation(accept)]),
  };
}

interface Item {
  readonly type: number;
  readonly body: Buffer;
}

function itemsOf(bytes: Buffer): Item[] {
  const items: Item[] = [];
  for (let position = 0; position + 4 <= bytes.length;) {
    const end = position + 4 + bytes.readUInt16BE(position + 2);
    items.push({ type: bytes.readUInt8(position), body: bytes.subarray(position + 4, end) });
    position = end;
  }
  return items;
}

function uidOf(body: Buffer): string {
  return body.toString('latin1').replace(/[\0 ]+$/, '');
}

function split(body: Buffer): { sopClass: string; rest: Buffer } {
  const end = 2 + body.readUInt16BE(0);
  return { sopClass: uidOf(body.subarray(2, end)), rest: body.subarray(end) };
}

function readUserInformation(items: readonly Item[]): UserInformation {
  const parts = items.filter(({ type }) => type === 0x50).flatMap(({ body }) => itemsOf(body));
  const bodies = (wanted: number): Buffer[] =>
    parts.filter(({ type }) => type === wanted).map(({ body }) => body);
  return {
    maxPduLength: bodies(0x51)[0]?.readUInt32BE(0) ?? 0,
    roles: bodies(0x54).map((body) => {
      const { sopClass, rest } = split(body);
      return { sopClass, scu: rest[0] === 1, scp: rest[1] === 1 };
    }),
    extendedNegotiation: bodies(0x56).map((body) => {
      const { sopClass, rest } = split(body);
      return { sopClass, bytes: [...rest] };
    }),
  };
}

/** Reads the body of an A-ASSOCIATE-RQ PDU (PS3.8 section 9.3.2). */
export function decodeAssociateRequest(body: Buffer): AssociateRequest {
  const items = itemsOf(body.subarray(68));
  const contexts = items
    .filter(({ type }) => type === 0x20)
    .map((context) => {
      const parts = itemsOf(context.body.subarray(4));
      const uids = (wanted: number): string[] =>
        parts.filter(({ type }) => type === wanted).map((part) => uidOf(part.body));
      return {
        id: context.body.readUInt8(0),
        abstractSyntax: uids(0x30)[0] ?? '',
        transferSyntaxes: uids(0x40),
      };
    });
  return {
    calledAeTitle: body.toString('latin1', 4, 20).trim(),
    callingAeTitle: body.toString('latin1', 20, 36).trim(),
    contexts,
    ...readUserInformation(items),
  };
}

/** Reads the body of an A-ASSOCIATE-AC PDU (PS3.8 section 9.3.3). */
export function decodeAssociateAccept(body: Buffer): AssociateAccept {
  const items = itemsOf(body.subarray(68));
  const contexts = items
    .filter(({ type }) => type === 0x21)
    .map((context) => ({
      id: context.body.readUInt8(0),
      result: context.body.readUInt8(2),
      transferSyntax: uidOf(itemsOf(context.body.subarray(4))[0]?.body ?? Buffer.alloc(0)),
    }));
  return { contexts, ...readUserInformation(items) };
}
