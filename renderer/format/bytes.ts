const megabyte = 1_000_000;
const gigabyte = 1_000_000_000;

/** A size in MB or GB, as `84 MB`, `1.2 GB`; below 100 kB in kB. */
export function formatBytes(bytes: number, locale?: string): string {
  const [value, unit] = inUnit(bytes);
  return `${number(value, locale)} ${unit}`;
}

/** How much of how much, in the unit of the second: `41 of 200 GB`. */
export function formatBytesOf(bytes: number, all: number, locale?: string): string {
  const [value, unit] = inUnit(all);
  const divisor = all === 0 ? 1 : all / value;
  return `${number(bytes / divisor, locale)} of ${number(value, locale)} ${unit}`;
}

/** A rate, as `84 MB/s`. */
export function formatRate(bytesPerSecond: number, locale?: string): string {
  return `${formatBytes(bytesPerSecond, locale)}/s`;
}

function inUnit(bytes: number): [value: number, unit: 'kB' | 'MB' | 'GB'] {
  // What would be rounded up to 1,000 MB is 1 GB.
  if (bytes >= gigabyte - megabyte / 2) return [bytes / gigabyte, 'GB'];
  if (bytes >= megabyte / 10 || bytes === 0) return [bytes / megabyte, 'MB'];
  return [bytes / 1_000, 'kB'];
}

/** One decimal below ten, where it says something. */
function number(value: number, locale: string | undefined): string {
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return value.toLocaleString(locale, { maximumFractionDigits });
}
