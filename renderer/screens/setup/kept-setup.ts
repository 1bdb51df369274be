import type { Typed } from '../../settings/settings-draft.svelte.ts';

const storageKey = 'dcmrs-broker.setup';

/** What was typed into a set-up that was left; it holds no secret. */
export function readKeptSetup(): Typed {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).filter(
        (entry): entry is [string, string | null] => entry[1] === null || typeof entry[1] === 'string',
      ),
    );
  } catch {
    return {};
  }
}

export function keepSetup(typed: Typed): void {
  if (Object.keys(typed).length === 0) localStorage.removeItem(storageKey);
  else localStorage.setItem(storageKey, JSON.stringify(typed));
}
