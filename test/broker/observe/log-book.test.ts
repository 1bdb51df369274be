import { describe, expect, it, test } from 'vitest';
import { LogBook, type LogBookQuery } from '../../../broker/observe/log-book.ts';
import { inLogContext, streamInLogContext } from '../../../broker/observe/log-context.ts';
import { createLogger } from '../../../broker/observe/logger.ts';

const all: LogBookQuery = { level: 'debug', text: '', withPatientData: false };

function bookAndLogger(level: 'debug' | 'error' = 'error') {
  const lines: string[] = [];
  const book = new LogBook();
  const logger = createLogger(
    { level, format: 'json', file: '', fileMaxSizeInMb: 1, fileMaxCount: 1 },
    { write: (line) => lines.push(line), close: () => undefined },
    book,
  );
  return { book, logger, lines };
}

describe('what the book holds', () => {
  it('is debug and more, also where the console shows errors only', () => {
    const { book, logger, lines } = bookAndLogger();
    logger.trace('trace');
    logger.debug({ a: 1 }, 'debug');
    logger.error('error');
    expect(book.last(all, 10).map(({ level, message, fields }) => [level, message, fields])).toEqual([
      ['debug', 'debug', '{"a":1}'],
      ['error', 'error', '{}'],
    ]);
    expect(lines).toHaveLength(1);
  });

  it('has what a child adds, and how an error came about', () => {
    const { book, logger } = bookAndLogger();
    logger
      .child({ archive: 'MAIN' })
      .child({ retrieve: '1.2' })
      .warn(new Error('broke', { cause: new Error('why') }));
    const fields = JSON.parse(book.last(all, 1)[0]?.fields ?? '') as Record<string, unknown>;
    expect(fields).toMatchObject({
      archive: 'MAIN',
      retrieve: '1.2',
      err: { message: 'broke', cause: { message: 'why' } },
    });
  });

  it('is what it was when it was written', () => {
    const { book, logger } = bookAndLogger();
    const counts = { open: 1 };
    logger.info({ counts });
    counts.open = 2;
    expect(book.last(all, 1)[0]?.fields).toBe('{"counts":{"open":1}}');
  });

  it('survives fields that cannot be read', () => {
    const { book, logger } = bookAndLogger();
    const hostile = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new TypeError('no');
      },
    });
    logger.info(hostile, 'hostile');
    expect(book.last(all, 1)[0]).toMatchObject({ message: 'hostile', fields: '{"unloggable":"TypeError"}' });
  });
});

describe('what the book shows', () => {
  const { book, logger } = bookAndLogger();
  logger.info(
    {
      patientName: 'DOE^JANE',
      url: '/studies?PatientID=4711',
      token: 'secret-token',
      error: new Error('PatientID=4711'),
    },
    'PatientName=DOE^JANE',
  );
  const revealed = { ...all, withPatientData: true };

  it('hides patients as the console does', () => {
    const text = JSON.stringify(book.last(all, 1));
    expect(text).not.toContain('DOE');
    expect(text).not.toContain('4711');
    expect(text).toContain('[redacted]');
  });

  it('shows them to who asks for it, and credentials to nobody', () => {
    const text = JSON.stringify(book.last(revealed, 1));
    expect(text).toContain('DOE^JANE');
    expect(text.match(/4711/g)).toHaveLength(2);
    expect(text).not.toContain('secret-token');
  });

  it('finds text in capitals or not, in what is shown and in nothing else', () => {
    expect(book.last({ ...revealed, text: 'doe^jane' }, 5)).toHaveLength(1);
    expect(book.last({ ...all, text: 'doe^jane' }, 5)).toHaveLength(0);
  });

  it('can be saved as lines', () => {
    expect([...book.lines(all)]).toEqual([
      expect.stringMatching(/^\d{4}-.* INFO {2}PatientName=\[redacted\] .*\n$/),
    ]);
  });
});

describe('which entries are shown', () => {
  const { book, logger } = bookAndLogger();
  for (let number = 1; number <= 10; number += 1) {
    inLogContext({ request: number % 2 === 0 ? 'even' : 'odd' }, () => {
      if (number > 8) logger.warn(`entry ${number}`);
      else logger.debug(`entry ${number}`);
    });
  }
  const numbers = (query: Partial<LogBookQuery>, limit = 100): number[] =>
    book.last({ ...all, ...query }, limit).map(({ number }) => number);

  it('is said by level, request, and number of entries', () => {
    expect(numbers({ level: 'warn' })).toEqual([9, 10]);
    expect(numbers({ request: 'even' })).toEqual([2, 4, 6, 8, 10]);
    expect(numbers({ association: 'none' })).toEqual([]);
    expect(numbers({}, 3)).toEqual([8, 9, 10]);
  });

  it('goes on from a number', () => {
    const first = book.from(1, { ...all, request: 'odd' }, 2);
    expect(first.entries.map(({ number }) => number)).toEqual([1, 3]);
    expect(book.from(first.next, { ...all, request: 'odd' }, 100)).toMatchObject({
      entries: [{ number: 5 }, { number: 7 }, { number: 9 }],
      next: 11,
    });
  });
});

describe('the book is bounded', () => {
  it('by entries: the oldest go', () => {
    const book = new LogBook({ maxEntries: 10, maxBytes: 1_000_000 });
    for (let number = 1; number <= 25; number += 1) book.add('info', `entry ${number}`);
    expect(book.oldest).toBe(16);
    expect(book.last(all, 100).map(({ message }) => message)).toEqual(
      Array.from({ length: 10 }, (_, index) => `entry ${index + 16}`),
    );
  });

  it('by bytes, whatever is written', () => {
    const book = new LogBook({ maxEntries: 5_000, maxBytes: 500_000 });
    for (let number = 1; number <= 500; number += 1) {
      book.add('info', 'x'.repeat(100_000), {
        text: 'y'.repeat(100_000),
        list: Array.from({ length: 500 }, () => 'z'.repeat(5_000)),
      });
      expect(book.bytes).toBeLessThanOrEqual(500_000);
    }
    expect(book.last(all, 100).length).toBeGreaterThan(2);
  });
});

test('who waits for an entry is woken by it, and by the signal', async () => {
  const book = new LogBook();
  const waiting = book.reached(1, new AbortController().signal);
  book.add('info', 'first');
  await waiting;
  await book.reached(1, new AbortController().signal);
  const leave = new AbortController();
  const given = book.reached(2, leave.signal);
  leave.abort();
  await given;
});

test('steps of a stream are logged with its context, what happens between them is not', async () => {
  const { book, logger } = bookAndLogger();
  async function* steps(): AsyncGenerator<number, void, undefined> {
    try {
      await Promise.resolve();
      logger.info('within');
      yield 1;
    } finally {
      logger.info('ending');
    }
  }
  for await (const _ of streamInLogContext({ association: 'a' }, steps())) {
    logger.info('between');
    break;
  }
  expect(book.last(all, 10).map(({ message, association }) => [message, association])).toEqual([
    ['within', 'a'],
    ['between', undefined],
    ['ending', 'a'],
  ]);
});

test('an entry on the console carries its request too', () => {
  const { logger, lines } = bookAndLogger('debug');
  inLogContext({ request: 'r1' }, () => {
    inLogContext({ association: 'a1' }, () => {
      logger.info('with both');
    });
  });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ request: 'r1', association: 'a1', msg: 'with both' });
});
