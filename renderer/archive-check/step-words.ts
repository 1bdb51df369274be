import type { ArchiveAbilities, CheckStep } from '../../broker/control/contract/archive-check.ts';
import type { MarkState } from '../components/mark-state.ts';

/** What a step tries. */
export const stepTitles: Readonly<Record<CheckStep['step'], string>> = {
  connect: 'Reach its machine',
  associate: 'Open an association',
  echo: 'Ask whether it is there (C-ECHO)',
  find: 'Ask for studies (C-FIND)',
  capabilities: 'See what it can do',
  retrieve: 'Ask for one image',
  receive: 'Receive the image',
};

export const stepMarks: Readonly<Record<CheckStep['state'], { mark: MarkState; word: string }>> = {
  running: { mark: 'busy', word: 'Trying' },
  passed: { mark: 'good', word: 'Passed' },
  failed: { mark: 'bad', word: 'Failed' },
  skipped: { mark: 'unknown', word: 'Not tried' },
};

/** What an archive was found to support, as rows of a list. */
export function abilityRows(abilities: ArchiveAbilities): { label: string; value: string }[] {
  const { canMove, canGet, relationalQueries, canMatchFuzzy, characterSet, implementation } = abilities;
  const methods = [canMove ? 'C-MOVE' : '', canGet ? 'C-GET' : ''].filter((method) => method !== '');
  return [
    { label: 'Images by', value: methods.length === 0 ? 'no way that we know' : methods.join(' and ') },
    { label: 'Relational queries', value: relationalQueries },
    { label: 'Names by sound', value: canMatchFuzzy ? 'yes' : 'no' },
    ...(characterSet === undefined ? [] : [{ label: 'Character set', value: characterSet }]),
    ...(implementation === undefined ? [] : [{ label: 'Software', value: implementation }]),
  ];
}
