import type { StorageContext } from '../dimse/get-scu.ts';
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  transferSyntaxes,
} from '../domain/transfer-syntax.ts';

/**
 * Transfer syntaxes in the order in which they are proposed. Uncompressed ones come first: an archive
 * that takes the first context of a class and converts to it must never be led to a lossy syntax.
 */
const syntaxOrder: readonly string[] = [
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  '1.2.840.10008.1.2.4.70',
  '1.2.840.10008.1.2.4.90',
  '1.2.840.10008.1.2.4.80',
  '1.2.840.10008.1.2.5',
  '1.2.840.10008.1.2.4.50',
  '1.2.840.10008.1.2.4.91',
  '1.2.840.10008.1.2.4.51',
  '1.2.840.10008.1.2.4.57',
  '1.2.840.10008.1.2.4.81',
  '1.2.840.10008.1.2.4.201',
  explicitVrBigEndian,
];

/** Classes to propose where the archive did not say which ones the instances have. */
const commonClasses: readonly string[] = [
  '1.2.840.10008.5.1.4.1.1.2', // CT
  '1.2.840.10008.5.1.4.1.1.4', // MR
  '1.2.840.10008.5.1.4.1.1.1.1', // Digital X-Ray, for presentation
  '1.2.840.10008.5.1.4.1.1.1', // Computed Radiography
  '1.2.840.10008.5.1.4.1.1.7', // Secondary Capture
  '1.2.840.10008.5.1.4.1.1.6.1', // Ultrasound
  '1.2.840.10008.5.1.4.1.1.3.1', // Ultrasound Multi-frame
  '1.2.840.10008.5.1.4.1.1.1.2', // Digital Mammography, for presentation
  '1.2.840.10008.5.1.4.1.1.12.1', // X-Ray Angiographic
  '1.2.840.10008.5.1.4.1.1.20', // Nuclear Medicine
  '1.2.840.10008.5.1.4.1.1.128', // Positron Emission Tomography
  '1.2.840.10008.5.1.4.1.1.2.1', // Enhanced CT
  '1.2.840.10008.5.1.4.1.1.4.1', // Enhanced MR
  '1.2.840.10008.5.1.4.1.1.88.33', // Comprehensive SR
  '1.2.840.10008.5.1.4.1.1.104.1', // Encapsulated PDF
  '1.2.840.10008.5.1.4.1.1.11.1', // Grayscale Softcopy Presentation State
];

/** An association has 128 contexts (PS3.8 section 9.3.2.2), one of which is C-GET itself. */
const maxStorageContexts = 127;

/**
 * The storage contexts of a C-GET: every syntax for every class as long as they fit, else the most
 * common syntaxes for each class.
 * @param sopClasses those of the instances, as far as the archive tells; empty means unknown
 */
export function storageContexts(sopClasses: Iterable<string>): StorageContext[] {
  const known = [...new Set(sopClasses)];
  const classes = (known.length > 0 ? known : commonClasses).slice(0, maxStorageContexts);
  const rest = transferSyntaxes.map((syntax) => syntax.uid).filter((uid) => !syntaxOrder.includes(uid));
  const perClass = Math.max(1, Math.floor(maxStorageContexts / classes.length));
  const syntaxes = [...syntaxOrder, ...rest].slice(0, perClass);
  return classes.flatMap((sopClass) => syntaxes.map((transferSyntax) => ({ sopClass, transferSyntax })));
}
