import { DimseStatus } from '../../domain/dimse-status.ts';
import { isStorageSopClass } from '../../domain/sop-class.ts';
import type { Uid } from '../../domain/uid.ts';
import type { InstanceUids } from '../../dicom/header-scanner.ts';

/** What identifies an instance that may be sent to the archive. */
export interface InstanceIdentity {
  readonly sopClassUid: Uid;
  readonly sopInstanceUid: Uid;
  readonly study: Uid;
  readonly series: Uid;
}

/** An instance that a request brought. Dispose of it when the archive has it. */
export interface ReceivedInstance extends AsyncDisposable {
  readonly kind: 'received';
  /** What it is called in messages: part 3. */
  readonly label: string;
  readonly identity: InstanceIdentity;
  readonly transferSyntaxUid: string;
  /** Bytes of its data set. */
  readonly length: number;
  /** May be asked for several times. */
  dataSet(): AsyncIterable<Buffer>;
  /** To be called when the archive has all of it, and nothing is being read any more. */
  noteSent?(): void;
}

/** Something of a request that is not sent to the archive, and why. */
export interface RefusedInstance {
  readonly kind: 'refused';
  readonly label: string;
  readonly sopClassUid?: Uid | undefined;
  readonly sopInstanceUid?: Uid | undefined;
  /** A failure reason of PS3.18 table I.2-2. */
  readonly status: number;
  /** In plain words, without the label. */
  readonly comment: string;
  readonly isTooLarge?: boolean;
}

/** What is to be checked of an instance. */
export interface ClaimedInstance {
  readonly label: string;
  /** UIDs that the file meta information names beside the data set; they must agree with it. */
  readonly meta?:
    { readonly sopClassUid: Uid | undefined; readonly sopInstanceUid: Uid | undefined } | undefined;
  readonly uids: InstanceUids;
  /** The study that the request is for, where it names one. */
  readonly study: Uid | undefined;
}

/** The identity of an instance that may be sent, or why it may not be (PS3.18 section 10.5.1.2). */
export function checkIdentity(claimed: ClaimedInstance): InstanceIdentity | RefusedInstance {
  const { label, meta, uids } = claimed;
  const { sopClassUid, sopInstanceUid, studyInstanceUid: study, seriesInstanceUid: series } = uids;
  const refused = (status: number, comment: string): RefusedInstance => ({
    kind: 'refused',
    label,
    sopClassUid: sopClassUid ?? meta?.sopClassUid,
    sopInstanceUid: sopInstanceUid ?? meta?.sopInstanceUid,
    status,
    comment,
  });
  if (
    sopClassUid === undefined ||
    sopInstanceUid === undefined ||
    study === undefined ||
    series === undefined
  ) {
    const missing = [
      sopClassUid === undefined ? 'SOP Class UID' : '',
      sopInstanceUid === undefined ? 'SOP Instance UID' : '',
      study === undefined ? 'Study Instance UID' : '',
      series === undefined ? 'Series Instance UID' : '',
    ].filter(Boolean);
    return refused(DimseStatus.cannotUnderstand, `${missing.join(', ')} is missing or malformed`);
  }
  for (const [name, said, is] of [
    ['SOP Class UID', meta?.sopClassUid, sopClassUid],
    ['SOP Instance UID', meta?.sopInstanceUid, sopInstanceUid],
  ] as const) {
    if (said === undefined || said === is) continue;
    const comment = `the file meta information says ${name} ${said}, the data set ${is}`;
    return refused(DimseStatus.dataSetDoesNotMatchSopClass, comment);
  }
  if (claimed.study !== undefined && claimed.study !== study) {
    const comment = `it is of study ${study}, and the request is for study ${claimed.study}`;
    return refused(DimseStatus.dataSetDoesNotMatchSopClass, comment);
  }
  if (!isStorageSopClass(sopClassUid)) {
    return refused(DimseStatus.sopClassNotSupported, `${sopClassUid} is no storage SOP class`);
  }
  return { sopClassUid, sopInstanceUid, study, series };
}
