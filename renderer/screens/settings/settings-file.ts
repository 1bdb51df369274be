import type { SettingsFile } from '../../../broker/control/contract/settings.ts';

/** More than any settings need. */
const mostBytes = 1_000_000;

/** Hands the file to the person as a download. */
export function download(file: SettingsFile): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(file, undefined, 2)}\n`], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = 'dcmrs-broker-settings.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

/** The settings of a file that the person chose; a text where it is none of ours. */
export async function readSettingsFile(file: File): Promise<SettingsFile | string> {
  if (file.size > mostBytes) return `${file.name} is too large to be a file of settings.`;
  try {
    const read: unknown = JSON.parse(await file.text());
    if (isSettingsFile(read)) return read;
  } catch {
    // Said below.
  }
  return `${file.name} is not a file of settings: it was not made by Export of this program.`;
}

function isSettingsFile(read: unknown): read is SettingsFile {
  if (typeof read !== 'object' || read === null || !('settings' in read)) return false;
  const { settings } = read;
  return (
    'format' in read &&
    read.format === 'dcmrs-broker-settings' &&
    'version' in read &&
    read.version === 1 &&
    typeof settings === 'object' &&
    settings !== null &&
    Object.values(settings).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
  );
}
