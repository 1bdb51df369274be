import type { CachedStudy } from '../../../broker/control/contract/cached.ts';
import { api } from '../../api/client.ts';
import { troubleOf } from '../../api/trouble-of.ts';
import { formatBytes } from '../../format/bytes.ts';
import { counted } from '../../format/count.ts';
import { confirmation } from '../../state/confirmation.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { patientOf, studyLine } from './study-words.ts';

/** Keeps the studies whatever the limits of the cache say, or no longer. */
export async function pinStudies(studies: readonly CachedStudy[], isPinned: boolean): Promise<void> {
  await each(studies, isPinned ? 'pinned' : 'unpinned', (study) =>
    api.cache.pin({ archive: study.archive, study: study.study, isPinned }),
  );
}

/** Removes the study and retrieves it again, once the person has said so. */
export async function fetchStudyAgain(study: CachedStudy): Promise<void> {
  const isMeant = await confirmation.ask({
    title: 'Fetch this study again?',
    text: `Its ${counted(study.instances, 'instance')} (${formatBytes(study.bytes)}) go from the cache, and come again from ${study.archive}. If ${study.archive} does not answer, the study is not here meanwhile.`,
    items: [studyLine(study)],
    verb: 'Fetch again',
    danger: false,
  });
  if (!isMeant) return;
  const { archive, study: uid } = study;
  try {
    await api.cache.fetchAgain({ archive, study: uid });
    toasts.show(`${patientOf(study)} is being fetched again.`);
  } catch (error) {
    tellTrouble(error);
  }
}

/** Removes studies from the cache, once the person has said so; false where none was. */
export async function removeStudies(studies: readonly CachedStudy[]): Promise<boolean> {
  if (studies.length === 0) return false;
  const bytes = studies.reduce((sum, study) => sum + study.bytes, 0);
  const what = studies.length === 1 ? 'study' : counted(studies.length, 'study', 'studies');
  const isMeant = await confirmation.ask({
    title: studies.length === 1 ? 'Remove this study from the cache?' : `Remove ${what} from the cache?`,
    text: `This frees ${formatBytes(bytes)} here. Nothing is deleted in the archive: a viewer that asks again has to wait until the images have come from there.`,
    items: studies.map(studyLine),
    verb: `Remove ${what}`,
  });
  if (!isMeant) return false;
  await each(studies, 'removed', ({ archive, study }) => api.cache.remove({ archive, study }));
  return true;
}

/** Does one thing with each study, and tells how it went. */
async function each(
  studies: readonly CachedStudy[],
  done: string,
  run: (study: CachedStudy) => Promise<unknown>,
): Promise<void> {
  let failed = 0;
  let first: unknown;
  for (const study of studies) {
    try {
      await run(study);
    } catch (error) {
      if (failed++ === 0) first = error;
    }
  }
  const good = studies.length - failed;
  if (good > 0) toasts.show(`${counted(good, 'study', 'studies')} ${done}.`);
  if (failed === 1) tellTrouble(first);
  else if (failed > 1) {
    toasts.show(`${counted(failed, 'study', 'studies')} could not be ${done}. ${textOf(first)}`, 'bad');
  }
}

function tellTrouble(error: unknown): void {
  toasts.show(textOf(error), 'bad');
}

function textOf(error: unknown): string {
  const { message, remedy } = troubleOf(error);
  return remedy === undefined ? message : `${message} ${remedy}`;
}
