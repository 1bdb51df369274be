import type { Association } from '../dimse/association.ts';
import { DimseStatus } from '../domain/dimse-status.ts';
import {
  deflatedExplicitVrLittleEndian,
  encodingOf,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../domain/transfer-syntax.ts';
import { toExplicitLittleEndian, toImplicitLittleEndian } from '../dicom/to-explicit-little-endian.ts';
import type { StorableInstance } from './storable-instance.ts';

/** Refused: the transfer syntax is not supported (PS3.18 table I.2-2). */
export const transferSyntaxNotSupported = 0xc122;

/** How an instance goes to an archive. Dispose of it when it has been sent. */
export interface StoreForm extends AsyncDisposable {
  readonly transferSyntaxUid: string;
  dataSet(): AsyncIterable<Buffer>;
}

/** Why an archive cannot be sent an instance in any form. */
export interface Unsendable {
  readonly status: number;
  readonly comment: string;
}

/** Those whose data sets can be converted without a codec. */
const uncompressed: ReadonlySet<string> = new Set([
  implicitVrLittleEndian,
  explicitVrLittleEndian,
  explicitVrBigEndian,
  deflatedExplicitVrLittleEndian,
]);

/**
 * The form in which an archive takes an instance: as it is, else in Explicit or Implicit VR Little Endian,
 * one of which every archive takes.
 * @throws BrokerError of the codecs
 */
export async function storeForm(
  association: Association,
  instance: StorableInstance,
): Promise<StoreForm | Unsendable> {
  const { sopClassUid, transferSyntaxUid } = instance;
  if (association.contextOf(sopClassUid, transferSyntaxUid) !== undefined) {
    return { transferSyntaxUid, dataSet: () => instance.dataSet(), ...nothingToDispose };
  }
  const target = [explicitVrLittleEndian, implicitVrLittleEndian].find(
    (syntax) => association.contextOf(sopClassUid, syntax) !== undefined,
  );
  if (target === undefined) {
    return {
      status: DimseStatus.sopClassNotSupported,
      comment: `The archive does not take instances of SOP class ${sopClassUid}.`,
    };
  }
  const convert = target === explicitVrLittleEndian ? toExplicitLittleEndian : toImplicitLittleEndian;
  if (uncompressed.has(transferSyntaxUid)) {
    return {
      transferSyntaxUid: target,
      dataSet: () => convert(instance.dataSet(), encodingOf(transferSyntaxUid)),
      ...nothingToDispose,
    };
  }
  const transcoded = await instance.transcode();
  const explicit = encodingOf(explicitVrLittleEndian);
  return {
    transferSyntaxUid: target,
    dataSet: () =>
      target === explicitVrLittleEndian ? transcoded.dataSet() : convert(transcoded.dataSet(), explicit),
    [Symbol.asyncDispose]: () => transcoded[Symbol.asyncDispose](),
  };
}

const nothingToDispose: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };
