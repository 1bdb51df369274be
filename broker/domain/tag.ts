/** An attribute's tag as in DICOM JSON: eight upper-case hexadecimal digits (PS3.18 F.2.2). */
export type Tag = string;

/** The tag of a group and element number, each 0 to 0xFFFF. */
export function tagOf(group: number, element: number): Tag {
  return (
    group.toString(16).toUpperCase().padStart(4, '0') + element.toString(16).toUpperCase().padStart(4, '0')
  );
}

/** True for private attributes: those of an odd group (PS3.5 section 7.8). */
export function isPrivateTag(tag: Tag): boolean {
  return (parseInt(tag.slice(0, 4), 16) & 1) === 1;
}
