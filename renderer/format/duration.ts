/** A time span in its two largest units: `4 s`, `1 min 20 s`, `58 min`, `3 h 5 min`, `2 days`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return withRest(`${minutes} min`, whole % 60, 's');
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(`${hours} h`, minutes % 60, 'min');
  const days = Math.floor(hours / 24);
  return days === 1 ? '1 day' : `${days} days`;
}

/** Milliseconds as they are read: `12 ms`, `1.4 s`. */
export function formatMilliseconds(ms: number, locale?: string): string {
  if (ms < 1) return 'under 1 ms';
  if (ms < 1_000) return `${Math.round(ms).toLocaleString(locale)} ms`;
  return `${(ms / 1_000).toLocaleString(locale, { maximumFractionDigits: 1 })} s`;
}

/** How long ago something was: `just now`, `8 s ago`. Times of the near future are `just now`. */
export function formatAgo(milliseconds: number): string {
  return milliseconds < 1_500 ? 'just now' : `${formatDuration(milliseconds / 1_000)} ago`;
}

function withRest(text: string, rest: number, unit: string): string {
  return rest === 0 ? text : `${text} ${rest} ${unit}`;
}
