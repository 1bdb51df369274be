import { createRequire } from 'node:module';

/**
 * Loads sharp in the thread that starts others which use it: its native libraries stay loaded then, however
 * many of those come and go. Unloading them under a thread of theirs ends the process (sharp's manual, "worker threads").
 */
export function holdPictureLibrary(): void {
  createRequire(import.meta.url)('sharp');
}
