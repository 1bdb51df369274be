/** Date and time of day, to the second, in the locale's form. */
export function formatTime(at: string | Date, locale?: string): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** The time of day, to the second: `14:03:22`. */
export function formatTimeOfDay(at: string | Date, locale?: string): string {
  return new Date(at).toLocaleTimeString(locale, { hour12: false });
}

/**
 * A date of a data set (VR DA, PS3.5 section 6.2: `20261125`, once `2026.11.25`) as `2026-11-25`; what is no date
 * stays as it came.
 */
export function formatDicomDate(value: string): string {
  const found = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value.trim());
  return found === null ? value : found.slice(1).join('-');
}

/** A time of a data set (VR TM: `140322.123`) as `14:03:22`; what is no time stays as it came. */
export function formatDicomTime(value: string): string {
  const found = /^(\d{2}):?(\d{2})?:?(\d{2})?(\.\d+)?$/.exec(value.trim());
  if (found === null) return value;
  const parts: (string | undefined)[] = found.slice(1, 4);
  return parts.filter((part) => part !== undefined).join(':');
}
