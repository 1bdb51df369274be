import type { AssociationLimits } from '../../dimse/negotiation.ts';

/** How long each step may take, in milliseconds. */
export interface CheckLimits extends AssociationLimits {
  /** Silence of the archive before an answer. */
  readonly responseTimeoutMs: number;
  readonly findLimitMs: number;
  /** Of a test retrieval until the archive says that it is done. */
  readonly retrieveLimitMs: number;
  /** Wait for the image after that. */
  readonly arrivalLimitMs: number;
}

/** A person waits for the result. */
export const usualCheckLimits: CheckLimits = {
  connectTimeoutMs: 10_000,
  associationTimeoutMs: 15_000,
  transferTimeoutMs: 20_000,
  maxPduLength: 131_072,
  responseTimeoutMs: 20_000,
  findLimitMs: 30_000,
  retrieveLimitMs: 60_000,
  arrivalLimitMs: 15_000,
};
