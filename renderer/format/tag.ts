/** A tag of eight digits as the standard writes it: `(0010,0010)`; what is no tag stays as it came. */
export function formatTag(tag: string): string {
  const found = /^([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})$/.exec(tag);
  return found === null ? tag : `(${found.slice(1).join(',').toUpperCase()})`;
}
