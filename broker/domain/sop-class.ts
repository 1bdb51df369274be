/** SOP classes of services that the gateway speaks itself (PS3.4 annexes A, B, C). */
export const verificationSopClass = '1.2.840.10008.1.1';
export const studyRootFindSopClass = '1.2.840.10008.5.1.4.1.2.2.1';
export const studyRootMoveSopClass = '1.2.840.10008.5.1.4.1.2.2.2';
export const studyRootGetSopClass = '1.2.840.10008.5.1.4.1.2.2.3';

const imageStorageRoot = '1.2.840.10008.5.1.4.1.1.';

/** Storage SOP classes outside the usual root (PS3.6 table A-1), retired ones that archives still hold included. */
const otherStorageClasses: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.1.27', // Stored Print
  '1.2.840.10008.5.1.1.29', // Hardcopy Grayscale Image
  '1.2.840.10008.5.1.1.30', // Hardcopy Color Image
  '1.2.840.10008.5.1.4.34.1', // RT Beams Delivery Instruction (Supplement 74 frozen draft)
  '1.2.840.10008.5.1.4.34.7', // RT Beams Delivery Instruction
  '1.2.840.10008.5.1.4.34.10', // RT Brachy Application Setup Delivery Instruction
  '1.2.840.10008.5.1.4.38.1', // Hanging Protocol
  '1.2.840.10008.5.1.4.39.1', // Color Palette
  '1.2.840.10008.5.1.4.43.1', // Generic Implant Template
  '1.2.840.10008.5.1.4.44.1', // Implant Assembly Template
  '1.2.840.10008.5.1.4.45.1', // Implant Template Group
]);

/**
 * True for every storage SOP class of the standard and for every class outside the standard's root:
 * vendors store private classes (Siemens CSA, Philips, GE), and refusing one would lose the instance.
 */
export function isStorageSopClass(uid: string): boolean {
  return (
    uid.startsWith(imageStorageRoot) || otherStorageClasses.has(uid) || !uid.startsWith('1.2.840.10008.')
  );
}
