/** PDU types of the DICOM upper layer (PS3.8 section 9.3). */
export const PduType = {
  associateRq: 0x01,
  associateAc: 0x02,
  associateRj: 0x03,
  data: 0x04,
  releaseRq: 0x05,
  releaseRp: 0x06,
  abort: 0x07,
} as const;

/** Bytes before the variable part of every PDU: type, reserved, 32-bit length (PS3.8 section 9.3.1). */
export const pduHeaderLength = 6;

/** Bytes of a presentation data value item before its fragment: length, context ID, control header (PS3.8 section 9.3.5.1, annex E.2). */
export const pdvHeaderLength = 6;

/** Who aborts: the service user (2 in the source field is the provider, PS3.8 table 9-26). */
export const AbortSource = { user: 0, provider: 2 } as const;

/** Reasons of a provider's abort (PS3.8 table 9-26). */
export const AbortReason = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedParameter: 4,
  unexpectedParameter: 5,
  invalidParameter: 6,
} as const;

/** A PDU of four variable bytes: reserved, result or reserved, source, reason. */
function shortPdu(type: number, second = 0, third = 0, fourth = 0): Buffer {
  return Buffer.from([type, 0, 0, 0, 0, 4, 0, second, third, fourth]);
}

export function releaseRqPdu(): Buffer {
  return shortPdu(PduType.releaseRq);
}

export function releaseRpPdu(): Buffer {
  return shortPdu(PduType.releaseRp);
}

/** A-ABORT (PS3.8 section 9.3.8). */
export function abortPdu(source: number, reason: number): Buffer {
  return shortPdu(PduType.abort, 0, source, reason);
}

export interface Rejection {
  /** 1 permanent, 2 transient. */
  readonly result: number;
  /** 1 service user, 2 service provider (ACSE), 3 service provider (presentation). */
  readonly source: number;
  readonly reason: number;
}

/** A-ASSOCIATE-RJ (PS3.8 section 9.3.4). */
export function rejectPdu(rejection: Rejection): Buffer {
  return shortPdu(PduType.associateRj, rejection.result, rejection.source, rejection.reason);
}
