import { railScreens } from '../screens/screens.ts';
import { route } from '../state/route.svelte.ts';

/** Keys that work everywhere: Alt with a digit goes to a screen, `/` to the search field, `?` shows the list. */
export function handleShortcut(event: KeyboardEvent, showList: () => void): void {
  if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-9]$/.test(event.code)) {
    const screen = railScreens[Number(event.code.slice(-1)) - 1];
    if (screen === undefined) return;
    event.preventDefault();
    route.go(`/${screen.id}`);
    return;
  }
  if (event.altKey || event.ctrlKey || event.metaKey || isTypedInto(event.target)) return;
  if (event.key === '?') {
    event.preventDefault();
    showList();
  } else if (event.key === '/') {
    const field = document.querySelector<HTMLElement>('main [data-search]');
    if (field === null) return;
    event.preventDefault();
    field.focus();
  }
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
