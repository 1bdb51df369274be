import type { RetrievalState } from '../../../broker/control/contract/gateway-state.ts';
import { formatCount } from '../../format/count.ts';
import { formatDuration } from '../../format/duration.ts';

/** Whom and what is retrieved: `DOE^JANE`, or the UID until the first instance tells the name. */
export function nameOf({ patientName, study }: RetrievalState): string {
  return patientName === undefined || patientName === '' ? study : patientName;
}

/** What kind of study it is: `CT chest`. */
export function kindOf({ modality = '', description = '' }: RetrievalState): string {
  // Many descriptions begin with the modality already.
  if (description.toUpperCase().startsWith(modality.toUpperCase())) return description;
  return `${modality} ${description}`.trim();
}

/** How far it is: `312 of 400`, or `312 images` while the archive has not said how many there are. */
export function extentOf({ received, expected }: RetrievalState, locale?: string): string {
  if (expected === undefined)
    return `${formatCount(received, locale)} ${received === 1 ? 'image' : 'images'}`;
  return `${formatCount(received, locale)} of ${formatCount(expected, locale)}`;
}

/** What comes next: `4 s left`. */
export function outlookOf({ state, secondsLeft, attempt }: RetrievalState): string {
  switch (state) {
    case 'asking':
      if (secondsLeft !== undefined) return `${formatDuration(secondsLeft)} left`;
      return attempt > 1 ? `attempt ${attempt}` : '';
    case 'settling':
      return 'last images';
    case 'waiting to retry':
      return 'will try again';
    case 'complete':
      return 'complete';
    case 'incomplete':
      return 'incomplete';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
  }
}
