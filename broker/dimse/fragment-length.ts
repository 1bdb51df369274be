import { pdvHeaderLength } from './pdu.ts';

/** What is sent at most where a peer announces no limit, and whatever it announces, in bytes. */
const usualPduLength = 131_072;
const longestPduLength = 1_048_576;
/** A peer that announces less gets this: its data would be headers for the most part. */
const shortestPduLength = 128;

/**
 * Bytes of a fragment: what the peer takes less the header, and even (PS3.8 annex E.1).
 * @param peerMaxPduLength as it announced it; 0 means any
 */
export function fragmentLength(peerMaxPduLength: number): number {
  const announced = peerMaxPduLength === 0 ? usualPduLength : peerMaxPduLength;
  const length = Math.max(shortestPduLength, Math.min(announced, longestPduLength)) - pdvHeaderLength;
  return length - (length % 2);
}
