/** An application entity title (PS3.5 section 6.2, VR AE): 1 to 16 characters, no padding. */
export type AeTitle = string & { readonly __aeTitle: never };

/** True for 1 to 16 printable ASCII characters without a backslash and not only of spaces. */
export function isAeTitle(text: string): text is AeTitle {
  return /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text) && text.trim() === text && text.length > 0;
}
