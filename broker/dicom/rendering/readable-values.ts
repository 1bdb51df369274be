/** A DA as people read it: 2026-11-25. What is no date is given as it is. */
export function readableDate(text: string): string {
  return text.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

/** A TM as people read it: 14:05:09, or less where less is known. */
export function readableTime(text: string): string {
  return text.replace(/^(\d{2})(\d{2})?(\d{2})?(\.\d+)?$/, (whole, hour: string, minute, second) => {
    if (minute === undefined) return whole;
    return `${hour}:${String(minute)}${second === undefined ? '' : `:${String(second)}`}`;
  });
}

/** A DT as people read it: 2026-11-25 14:05:09 +0100. */
export function readableDateTime(text: string): string {
  const [, date, time = '', zone = ''] = /^(\d{8})(\d{2,6})?(?:\.\d+)?([+-]\d{4})?$/.exec(text) ?? [];
  if (date === undefined) return text;
  return [readableDate(date), readableTime(time), zone].filter((part) => part !== '').join(' ');
}

/** A PN as people say it: prefix, given, middle, family name, suffix (PS3.5 section 6.2.1.1). */
export function readableName(text: string): string {
  if (!text.includes('^')) return text;
  const [family, given, middle, prefix, suffix] = text.split('^').map((part) => part.trim());
  return [prefix, given, middle, family, suffix]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}
