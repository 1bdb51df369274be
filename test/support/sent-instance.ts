import { writeDataSet } from '../../broker/dicom/data-set-writer.ts';
import { encodingOf, explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { newUid } from './generated-study.ts';
import { storageSopClasses } from './storage-sop-classes.ts';

export interface SentInstance {
  readonly sopClass: string;
  readonly transferSyntax: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly dataSet: Buffer;
}

/** A data set with the UIDs that place it, and `bytes` of something behind them. */
export function sentInstance(
  options: Partial<SentInstance> & { readonly bytes?: number } = {},
): SentInstance {
  const { bytes = 5_000, ...given } = options;
  const uids = {
    sopClass: storageSopClasses.secondaryCapture,
    transferSyntax: explicitVrLittleEndian,
    study: newUid(),
    series: newUid(),
    instance: newUid(),
    ...given,
  };
  const { sopClass, transferSyntax, study, series, instance } = uids;
  const dataSet = writeDataSet(
    {
      '00080016': { vr: 'UI', Value: [sopClass] },
      '00080018': { vr: 'UI', Value: [instance] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Sent^Instance' }] },
      '0020000D': { vr: 'UI', Value: [study] },
      '0020000E': { vr: 'UI', Value: [series] },
      '00420011': { vr: 'OB', InlineBinary: Buffer.alloc(bytes + (bytes % 2), 0x5a).toString('base64') },
    },
    encodingOf(transferSyntax),
  );
  return { ...uids, dataSet };
}
