/** Statuses of DIMSE responses that the gateway sends or tells apart (PS3.7 annex C, PS3.4). */
export const DimseStatus = {
  success: 0x0000,
  cancel: 0xfe00,
  pending: 0xff00,
  /** Pending, but at least one optional key is not supported for matching (PS3.4 C.4.1.1.4). */
  pendingWithUnsupportedKeys: 0xff01,
  /** Sub-operations complete, one or more failures or warnings (PS3.4 C.4.2.1.5). */
  subOperationsWarning: 0xb000,
  outOfResources: 0xa700,
  unableToCalculateMatches: 0xa701,
  unableToPerformSubOperations: 0xa702,
  moveDestinationUnknown: 0xa801,
  identifierDoesNotMatchSopClass: 0xa900,
  dataSetDoesNotMatchSopClass: 0xa900,
  cannotUnderstand: 0xc000,
  processingFailure: 0x0110,
  duplicateSopInstance: 0x0111,
  noSuchSopClass: 0x0118,
  sopClassNotSupported: 0x0122,
  notAuthorized: 0x0124,
  duplicateInvocation: 0x0210,
  unrecognizedOperation: 0x0211,
  mistypedArgument: 0x0212,
} as const;

export type StatusClass = 'success' | 'pending' | 'warning' | 'cancel' | 'failure';

/** The class that a status belongs to (PS3.7 annex C). */
export function statusClass(status: number): StatusClass {
  if (status === 0) return 'success';
  if (status === 0xff00 || status === 0xff01) return 'pending';
  if (status === 0xfe00) return 'cancel';
  if (status === 0x0001 || status === 0x0107 || status === 0x0116 || (status & 0xf000) === 0xb000) {
    return 'warning';
  }
  return 'failure';
}

/** A status as people write it: 0xA801. */
export function formatStatus(status: number): string {
  return `0x${status.toString(16).toUpperCase().padStart(4, '0')}`;
}
