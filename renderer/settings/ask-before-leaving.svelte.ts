import { confirmation } from '../state/confirmation.svelte.ts';
import { route } from '../state/route.svelte.ts';
import { counted } from '../format/count.ts';
import type { SettingsDraft } from './settings-draft.svelte.ts';

/** Has the person asked before a place with changes that are not saved is left. Call it in a component. */
export function askBeforeLeaving(draft: SettingsDraft): void {
  const isDirty = $derived(draft.changeCount > 0);
  $effect(() => {
    if (!isDirty) return;
    return route.guard(() =>
      confirmation.ask({
        title: 'Leave without saving?',
        text: `${counted(draft.changeCount, 'change is', 'changes are')} not saved and will be lost.`,
        verb: 'Leave without saving',
        cancel: 'Stay here',
      }),
    );
  });
}
