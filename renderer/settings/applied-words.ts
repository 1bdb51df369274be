import type { AppliedSettings } from '../../broker/control/contract/settings.ts';

/** What saving did, in one sentence. */
export function appliedWords({ restarted }: AppliedSettings): string {
  if (restarted.length === 0) return 'Saved. Nothing had to be restarted.';
  const last = restarted.at(-1) ?? '';
  const first = restarted.slice(0, -1).join(', ');
  return `Saved. Restarted: ${first === '' ? last : `${first} and ${last}`}.`;
}
