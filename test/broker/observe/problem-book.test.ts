import { expect, test } from 'vitest';
import { ProblemBook } from '../../../broker/observe/problem-book.ts';

function bookAt(): { book: ProblemBook; clock: { now: number } } {
  const clock = { now: Date.parse('2026-01-02T00:00:00Z') };
  return { book: new ProblemBook(() => clock.now), clock };
}

const refused = { component: 'archive MAIN', message: 'It refused.', remedy: 'Register us.', code: 'x' };

test('the same again and again is one problem, seen last now', () => {
  const { book, clock } = bookAt();
  book.report(refused);
  clock.now += 60_000;
  book.report(refused);
  expect(book.list()).toEqual([{ ...refused, id: '1', at: '2026-01-02T00:01:00.000Z', count: 2 }]);
});

test('another reason is another problem, and the newest comes first', () => {
  const { book } = bookAt();
  book.report(refused);
  book.report({ ...refused, message: 'It is silent.' });
  book.report(refused);
  expect(book.list().map(({ message, count }) => [message, count])).toEqual([
    ['It refused.', 2],
    ['It is silent.', 1],
  ]);
});

test('a component that works has no more problems; what comes after is a new one', () => {
  const { book, clock } = bookAt();
  book.report(refused);
  book.report({ ...refused, component: 'cache' });
  clock.now += 1_000;
  book.worksAgain('archive MAIN');
  clock.now += 1_000;
  book.worksAgain('archive MAIN');
  book.report(refused);
  expect(book.list().map(({ component, endedAt, count }) => [component, endedAt, count])).toEqual([
    ['archive MAIN', undefined, 1],
    ['cache', undefined, 1],
    ['archive MAIN', '2026-01-02T00:00:01.000Z', 1],
  ]);
});

test('what was seen more than a day ago is forgotten', () => {
  const { book, clock } = bookAt();
  book.report(refused);
  clock.now += 24 * 3_600_000 + 1;
  book.report({ ...refused, message: 'Now.' });
  expect(book.list().map(({ message }) => message)).toEqual(['Now.']);
});

test('two hundred are kept, and no long texts', () => {
  const { book } = bookAt();
  for (let number = 1; number <= 500; number += 1)
    book.report({ component: 'c', message: `${number} ${'x'.repeat(10_000)}` });
  const list = book.list();
  expect(list).toHaveLength(200);
  expect(list[0]?.message.startsWith('500 ')).toBe(true);
  expect(list[0]?.message).toHaveLength(1_000);
});
