import { createHash } from 'node:crypto';
import type { StoredInstance } from '../../cache/stored-instance.ts';

/** Raised where pictures and pages come out differently than before, so that clients do not keep theirs. */
const renderingVersion = 1;

/** Names what would be sent: it depends on the file and on what was asked for, and on nothing else. */
export function renditionTag({ instance, size, crc32 }: StoredInstance, asked: object): string {
  const text = JSON.stringify([renderingVersion, instance, size, crc32, asked]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
