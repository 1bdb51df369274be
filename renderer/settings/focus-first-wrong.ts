import { tick } from 'svelte';
import type { SettingsDraft } from './settings-draft.svelte.ts';

/** Puts the focus into the first field, in the order of the page, whose value is wrong. */
export async function focusFirstWrong(draft: SettingsDraft): Promise<void> {
  await tick();
  for (const field of document.querySelectorAll<HTMLElement>('[data-field]')) {
    if (draft.problem(field.dataset['field'] ?? '') === undefined) continue;
    field.focus();
    field.scrollIntoView({ block: 'center' });
    return;
  }
}
