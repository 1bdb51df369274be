import type { AssociationRequest } from '../../broker/dimse/association.ts';
import type { AssociationLimits } from '../../broker/dimse/negotiation.ts';
import { numberContexts } from '../../broker/dimse/presentation-context.ts';
import {
  studyRootFindSopClass,
  studyRootMoveSopClass,
  verificationSopClass,
} from '../../broker/domain/sop-class.ts';
import { explicitVrLittleEndian, implicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import type { Peer } from './dcmtk-tools.ts';
import { storageSopClasses } from './storage-sop-classes.ts';

/** Limits that a test can wait for. */
export const shortLimits: AssociationLimits = {
  connectTimeoutMs: 300,
  associationTimeoutMs: 300,
  transferTimeoutMs: 300,
  maxPduLength: 131_072,
};

/** An association for C-ECHO, C-FIND, C-MOVE and C-STORE (Secondary Capture, Explicit VR Little Endian). */
export function associationRequest(
  peer: Peer,
  limits: AssociationLimits = shortLimits,
): AssociationRequest & { readonly limits: AssociationLimits } {
  const { host, port, aeTitle } = peer;
  const services = [verificationSopClass, studyRootFindSopClass, studyRootMoveSopClass];
  return {
    endpoint: { host, port, calledAeTitle: aeTitle, callingAeTitle: 'BROKER' },
    contexts: numberContexts([
      ...services.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [implicitVrLittleEndian] })),
      { abstractSyntax: storageSopClasses.secondaryCapture, transferSyntaxes: [explicitVrLittleEndian] },
    ]),
    limits,
  };
}
