/** The entries of the setting http.allowed_origins, which commas or spaces separate. */
export function originEntries(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** The setting with one more entry; the same where it is there. */
export function withEntry(text: string, entry: string): string {
  const entries = originEntries(text);
  return (entries.includes(entry) ? entries : [...entries, entry]).join(', ');
}

/** The setting without an entry. */
export function withoutEntry(text: string, entry: string): string {
  return originEntries(text)
    .filter((one) => one !== entry)
    .join(', ');
}

/** What an entry lets in, in plain words. */
export function wordsOfEntry(entry: string): string {
  if (entry === '*') return 'Every web page that can reach this gateway.';
  if (entry === 'null') return 'Pages without an origin, such as files opened from a disk.';
  const isLocal = /\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(entry);
  if (entry.endsWith(':*'))
    return isLocal ? 'Viewers on this machine, at any port.' : 'This host, at any port.';
  return isLocal ? 'A viewer on this machine.' : 'This address only.';
}

/**
 * The origin of what a person pastes: the whole address of a viewer will do. What is no address of http or https
 * stays as it was typed, for the gateway to say what is wrong with it.
 */
export function originOfText(text: string): string {
  const typed = text.trim();
  if (!/^https?:\/\//i.test(typed) || !URL.canParse(typed)) return typed;
  return new URL(typed).origin;
}
