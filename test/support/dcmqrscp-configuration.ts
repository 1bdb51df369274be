import {
  studyRootFindSopClass,
  studyRootGetSopClass,
  studyRootMoveSopClass,
  verificationSopClass,
} from '../../broker/domain/sop-class.ts';
import {
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  transferSyntaxes,
} from '../../broker/domain/transfer-syntax.ts';
import type { Peer } from './dcmtk-tools.ts';
import { storageSopClasses } from './storage-sop-classes.ts';

export interface ArchiveSettings {
  readonly port: number;
  readonly aeTitle: string;
  /** Directory of the stored files and the index. */
  readonly storage: string;
  readonly moveDestinations: readonly Peer[];
}

/** dcmqrscp's configuration file (DCMTK's dcmqrcnf.txt): one storage area, open to every peer. */
export function dcmqrscpConfiguration(settings: ArchiveSettings): string {
  const hosts = settings.moveDestinations.map(
    ({ aeTitle, host, port }, index) => `destination${index} = (${aeTitle}, ${host}, ${port})`,
  );
  return [
    `NetworkTCPPort = ${settings.port}`,
    'MaxPDUSize = 131072',
    'MaxAssociations = 64',
    'HostTable BEGIN',
    ...hosts,
    'HostTable END',
    'VendorTable BEGIN',
    'VendorTable END',
    'AETable BEGIN',
    // The largest quota that dcmqrscp has: 500 studies of 1 GiB.
    `${settings.aeTitle} ${settings.storage} RW (500, 1024mb) ANY`,
    'AETable END',
    '',
  ].join('\n');
}

const patientRootSopClasses = [1, 2, 3].map((service) => `1.2.840.10008.5.1.4.1.2.1.${service}`);

const serviceSopClasses = [
  verificationSopClass,
  studyRootFindSopClass,
  studyRootMoveSopClass,
  studyRootGetSopClass,
  ...patientRootSopClasses,
];

/**
 * DCMTK's association negotiation profiles (its asconfig.txt), named Incoming and Outgoing. Incoming:
 * every transfer syntax, the given one first, or only that; both roles, without which C-GET finds no
 * context. Outgoing: only the given one, so that what is sent does not depend on what the receiver
 * likes best.
 */
export function negotiationProfiles(transferSyntax: string, takesOthers: boolean): string {
  const storage = Object.values(storageSopClasses);
  const others = transferSyntaxes.map(({ uid }) => uid).filter((uid) => uid !== transferSyntax);
  const all = [transferSyntax, ...(takesOthers ? others : [])];
  return [
    '[[TransferSyntaxes]]',
    '[Uncompressed]',
    ...numbered('TransferSyntax', [explicitVrLittleEndian, implicitVrLittleEndian]),
    '[All]',
    ...numbered('TransferSyntax', all),
    '[Preferred]',
    ...numbered('TransferSyntax', [transferSyntax]),
    '[[PresentationContexts]]',
    '[Incoming]',
    ...numbered('PresentationContext', [
      ...serviceSopClasses.map((uid) => `${uid}\\Uncompressed`),
      ...storage.map((uid) => `${uid}\\All`),
    ]),
    '[Outgoing]',
    ...numbered(
      'PresentationContext',
      storage.map((uid) => `${uid}\\Preferred`),
    ),
    '[[SCPSCURoleSelection]]',
    '[Roles]',
    ...numbered(
      'Role',
      storage.map((uid) => `${uid}\\BOTH`),
    ),
    '[[Profiles]]',
    '[Incoming]',
    'PresentationContexts = Incoming',
    'SCPSCURoleSelection = Roles',
    '[Outgoing]',
    'PresentationContexts = Outgoing',
    '',
  ].join('\n');
}

function numbered(name: string, values: readonly string[]): string[] {
  return values.map((value, index) => `${name}${index + 1} = ${value}`);
}
