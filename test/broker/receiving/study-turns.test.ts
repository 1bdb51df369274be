import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parseUid } from '../../../broker/domain/uid.ts';
import { StudyTurns } from '../../../broker/receiving/study-turns.ts';

const study = parseUid('1.2.3', 'study');

function scene() {
  const turns = new StudyTurns();
  const taken: string[] = [];
  const take = (archive: string, archiveAeTitle = 'SAME', of = study): Promise<Disposable> =>
    turns.take({ archive, study: of, archiveAeTitle }).then((held) => {
      taken.push(archive);
      return held;
    });
  return { taken, take };
}

test('retrievals of one archive have the turn together, another archive of the same title waits for all of them', async () => {
  const { taken, take } = scene();
  const [first, second] = await Promise.all([take('a'), take('a')]);
  const third = take('b');
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await turn();
  expect(taken).toEqual(['a', 'a']);
  second[Symbol.dispose]();
  await third;
  expect(taken).toEqual(['a', 'a', 'b']);
});

test('whoever comes while another archive waits stands behind it', async () => {
  const { taken, take } = scene();
  const first = await take('a');
  const others = [take('b'), take('a'), take('b')];
  first[Symbol.dispose]();
  for (const other of others) (await other)[Symbol.dispose]();
  expect(taken).toEqual(['a', 'b', 'a', 'b']);
});

test('other titles and other studies wait for nobody', async () => {
  const { taken, take } = scene();
  await Promise.all([take('a'), take('b', 'OTHER'), take('c', 'SAME', parseUid('1.2.4', 'study'))]);
  expect(taken).toEqual(['a', 'b', 'c']);
});
