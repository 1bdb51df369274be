import { BrokerError } from './errors.ts';
import { trimPadding } from './padding.ts';

/** A DICOM unique identifier without padding (PS3.5 section 9.1). */
export type Uid = string & { readonly __uid: never };

const uidForm = /^[0-9]+(\.[0-9]+)*$/;

/**
 * True for 1 to 64 characters of digits and single dots. Leading zeros of a component are let
 * through, although PS3.5 forbids them: archives hold such instances and must give them out.
 * A UID of this form is safe as one segment of a path.
 */
export function isUid(text: string): text is Uid {
  return text.length <= 64 && uidForm.test(text);
}

/** The UID in `text` without the padding that archives leave on it (NUL and space), or undefined. */
export function readUid(text: string): Uid | undefined {
  const trimmed = trimPadding(text);
  return isUid(trimmed) ? trimmed : undefined;
}

/**
 * Reads a UID that a client sent.
 * @param where what the UID is called where it came from, for the error text
 * @throws BrokerError `bad-request` where it is none
 */
export function parseUid(text: string, where: string): Uid {
  const uid = readUid(text);
  if (uid === undefined) {
    throw new BrokerError(
      'bad-request',
      `${where} is not a UID: ${JSON.stringify(text.slice(0, 80))}. A UID is 1 to 64 characters, digits separated by single dots.`,
    );
  }
  return uid;
}
