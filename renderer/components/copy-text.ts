/**
 * Puts text on the clipboard; false where the browser does not let it. Away from loopback a page without TLS has
 * no clipboard API, and only the old command is left.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text);
  }
}

function copyByCommand(text: string): boolean {
  const field = document.createElement('textarea');
  const before = document.activeElement;
  field.value = text;
  field.className = 'visually-hidden';
  field.ariaHidden = 'true';
  document.body.append(field);
  try {
    field.select();
    // Deprecated, and still the only way there.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand('copy');
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}
