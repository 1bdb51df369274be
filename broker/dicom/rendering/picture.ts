import { BrokerError } from '../../domain/errors.ts';

/** An image of 8 bits a channel, as a screen shows it, without padding between rows. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1: gray, 3: red, green and blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** More than any modality's frame; a picture of it takes three times as many bytes. */
export const largestPicture = 128 * 1024 * 1024;

/** @throws BrokerError `not-acceptable` where a picture would be larger than can be made */
export function checkPictureSize(columns: number, rows: number): void {
  if (columns * rows <= largestPicture) return;
  throw new BrokerError(
    'not-acceptable',
    `The image has ${columns} × ${rows} pixels; up to ${largestPicture} can be rendered. It can be had as application/dicom.`,
  );
}
