import type { Config } from '../config/config.ts';
import type { AssociationLimits } from './negotiation.ts';

/** The limits of an association that we request, from the settings. */
export function associationLimits(dimse: Config['dimse']): AssociationLimits {
  return {
    connectTimeoutMs: dimse.connectTimeoutInSecs * 1000,
    associationTimeoutMs: dimse.associationTimeoutInSecs * 1000,
    transferTimeoutMs: dimse.transferTimeoutInSecs * 1000,
    maxPduLength: dimse.maxPduLength,
  };
}
