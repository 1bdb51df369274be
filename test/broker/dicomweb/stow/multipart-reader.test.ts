import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { MultipartReader } from '../../../../broker/dicomweb/stow/multipart-reader.ts';
import { BrokerError } from '../../../../broker/domain/errors.ts';

interface Part {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Cuts bytes at the places that are given, which may repeat and lie beyond the end. */
async function* cut(bytes: Buffer, places: readonly number[]): AsyncGenerator<Buffer> {
  let last = 0;
  for (const place of [
    ...places.map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b),
    bytes.length,
  ]) {
    await Promise.resolve();
    yield bytes.subarray(last, place);
    last = place;
  }
}

async function read(source: AsyncIterable<Buffer>, boundary = 'b', maxParts = 100): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of new MultipartReader(source, boundary, { maxParts }).parts()) {
    const pieces: Buffer[] = [];
    for await (const piece of part.body) pieces.push(Buffer.from(piece));
    parts.push({ headers: Object.fromEntries(part.headers), body: Buffer.concat(pieces).toString('latin1') });
  }
  return parts;
}

function readText(text: string, boundary = 'b', maxParts = 100): Promise<Part[]> {
  return read(cut(Buffer.from(text, 'latin1'), []), boundary, maxParts);
}

async function failureOf(text: string, boundary?: string, maxParts?: number): Promise<string> {
  const thrown: unknown = await readText(text, boundary, maxParts).catch((error: unknown) => error);
  if (!(thrown instanceof BrokerError)) throw new Error(`It was read: ${JSON.stringify(thrown)}`);
  return `${thrown.code}: ${thrown.message}`;
}

test('a message is read part by part, without the line ends of its delimiters', async () => {
  const text =
    '--b\r\nContent-Type: application/dicom\r\nContent-Location: x\r\n\r\none\r\n--b\r\n\r\ntwo\r\n\r\n--b--\r\n';
  expect(await readText(text)).toEqual([
    { headers: { 'content-type': 'application/dicom', 'content-location': 'x' }, body: 'one' },
    { headers: {}, body: 'two\r\n' },
  ]);
});

test('preamble, epilogue and spaces after a delimiter do not count', async () => {
  const text = 'To those who read this:\r\n--b \t\r\n\r\none\r\n--b--  \r\nThe end.\r\n--b\r\nnot a part';
  expect(await readText(text)).toEqual([{ headers: {}, body: 'one' }]);
});

test('parts may be empty, and a message may have none', async () => {
  expect(await readText('--b\r\n\r\n\r\n--b--')).toEqual([{ headers: {}, body: '' }]);
  expect(await readText('--b--')).toEqual([]);
});

test('a longer boundary, and one without a line end behind it, are data', async () => {
  const body = 'x\r\n--bc\r\n--b--c\r\n--b \r--b';
  expect(await readText(`--b\r\n\r\n${body}\r\n--b--`)).toEqual([{ headers: {}, body }]);
});

test('a message with LF alone is read so throughout; in others LF alone is data', async () => {
  expect(await readText('--b\nA: 1\n\none\r\n--b\n\ntwo\n--b--\n')).toEqual([
    { headers: { a: '1' }, body: 'one\r' },
    { headers: {}, body: 'two' },
  ]);
  expect(await readText('--b\r\n\r\none\n--b\n\r\n--b--')).toEqual([{ headers: {}, body: 'one\n--b\n' }]);
});

test('a header field may be folded, and its name in any case', async () => {
  const text = '--b\r\nCONTENT-type: multipart/related;\r\n  type=x\r\n\r\n\r\n--b--';
  expect((await readText(text))[0]?.headers).toEqual({ 'content-type': 'multipart/related; type=x' });
});

test('boundaries may have all the characters of RFC 2046', async () => {
  const boundary = "'()+_,-./:=? 0aZ";
  expect(await readText(`--${boundary}\r\n\r\nx\r\n--${boundary}--`, boundary)).toHaveLength(1);
});

test('a boundary may be longer than RFC 2046 allows, as that of Orthanc is', async () => {
  const boundary = '3df2d7b1-675d-4a2c-a977-f5b663326662-3df2d7b1-675d-4a2c-a977-f5b663326662';
  expect(await readText(`--${boundary}\r\n\r\nx\r\n--${boundary}--`, boundary)).toHaveLength(1);
});

test.each(['', ' ', 'a ', 'a\r\nb', 'a"b', 'ä', 'a'.repeat(129)])('%j is no boundary', async (boundary) => {
  expect(await failureOf('', boundary)).toMatch(/^bad-request: The Content-Type names no valid boundary/);
});

test.each([
  ['', 'within its preamble'],
  ['--b', 'within its preamble'],
  ['--b\r\n', 'within the header of part 1'],
  ['--b\r\n\r\none', 'within part 1'],
  ['--b\r\n\r\none\r\n--b', 'within part 1'],
  ['--b\r\n\r\none\r\n--b-', 'within part 1'],
  ['--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n', 'within part 2'],
])('%j ends too early', async (text, where) => {
  expect(await failureOf(text)).toContain(`bad-request: The body ends ${where}`);
});

test('header fields are limited in number and length, and must be fields', async () => {
  expect(await failureOf(`--b\r\nA: ${'x'.repeat(9000)}\r\n\r\n\r\n--b--`)).toContain(
    'header of part 1 is longer',
  );
  expect(await failureOf(`--b\r\n${'A: x\r\n'.repeat(33)}\r\n\r\n--b--`)).toContain('more than 32 fields');
  expect(await failureOf(`--b\r\n${'A: x\r\n'.repeat(5000)}\r\n\r\n--b--`)).toContain('header of part 1');
  expect(await failureOf('--b\r\nno field\r\n\r\n\r\n--b--')).toContain(
    'a line that is no field: "no field"',
  );
  expect(await failureOf('--b\r\nContent-Type: a/b\r\nContent-type: a/c\r\n\r\n\r\n--b--')).toContain(
    'twice',
  );
});

test('too many parts, and a preamble without end, are refused', async () => {
  expect(await failureOf(`${'--b\r\n\r\n\r\n'.repeat(3)}--b--`, 'b', 2)).toBe(
    'too-large: The body has more than the 2 parts allowed.',
  );
  expect(await failureOf('x'.repeat(70_000))).toContain('does not occur in the first 65536 bytes');
});

test('what is not read of a part is passed over', async () => {
  const source = cut(
    Buffer.from('--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b\r\n\r\nthree\r\n--b--'),
    [8, 20, 30],
  );
  const seen: string[] = [];
  for await (const part of new MultipartReader(source, 'b', { maxParts: 9 }).parts()) {
    if (part.number === 1) continue;
    for await (const piece of part.body) {
      seen.push(piece.toString());
      if (part.number === 2) break;
    }
  }
  expect(seen.join()).toMatch(/^t\w*,three$/);
});

test('the source is read no faster than the parts are', async () => {
  let given = 0;
  async function* source(): AsyncGenerator<Buffer> {
    await Promise.resolve();
    yield Buffer.from('--b\r\n\r\n');
    for (; given < 100; given++) yield Buffer.alloc(1000);
    yield Buffer.from('\r\n--b--');
  }
  for await (const part of new MultipartReader(source(), 'b', { maxParts: 9 }).parts()) {
    await part.body.next();
    expect(given).toBeLessThan(3);
    await part.body.return();
  }
  expect(given).toBe(100);
});

test('a message is read the same wherever it is cut, whatever its parts hold', async () => {
  const boundary = '--b\r\n'.slice(2, 3);
  const piece = fc.constantFrom('\r', '\n', '-', '--', boundary, '\r\n--', '\r\n--b', ' ', 'x', '\0', '\xff');
  const body = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
  // What would end the part is no body of one.
  const fitting = body.filter((text) => !/\r\n--b(--[ \t\r\n]|--$|[ \t]*\r\n)/.test(`\r\n${text}\r\n--bx`));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fitting, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(200), { maxLength: 30 }),
      async (bodies, places) => {
        const text = `${bodies.map((one, at) => `--b\r\nn: ${at}\r\n\r\n${one}\r\n`).join('')}--b--\r\n`;
        const parts = await read(cut(Buffer.from(text, 'latin1'), places));
        expect(parts.map((part) => part.body)).toEqual(bodies);
        expect(parts.map((part) => part.headers['n'])).toEqual(bodies.map((_, at) => String(at)));
      },
    ),
    { numRuns: 500 },
  );
});

test('any bytes are read or refused, and never with another error', async () => {
  const alphabet = fc.constantFrom('--b', '--b--', '\r\n', '\n', '\r', ':', 'a', ' ', '\t', '-');
  await fc.assert(
    fc.asyncProperty(fc.array(alphabet, { maxLength: 40 }), fc.array(fc.nat(60)), async (pieces, places) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1');
      const thrown: unknown = await read(cut(bytes, places)).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (thrown !== undefined) expect(thrown).toBeInstanceOf(BrokerError);
    }),
    { numRuns: 500 },
  );
});

test('a hostile body costs steps in proportion to its length', async () => {
  // Nearly a delimiter, over and over, a byte at a time: what is looked at again is bounded by a delimiter.
  const boundary = 'a'.repeat(69);
  const bytes = Buffer.from(
    `--${boundary}\r\n\r\n${`\r\n--${boundary.slice(1)}`.repeat(200)}\r\n--${boundary}--`,
  );
  const search = vi.spyOn(Buffer.prototype, 'indexOf');
  try {
    await read(cut(bytes, [...bytes.keys()]), boundary);
    const looked = search.mock.contexts.reduce<number>((sum, window) => sum + (window as Buffer).length, 0);
    expect(looked).toBeGreaterThan(bytes.length / 2);
    expect(looked).toBeLessThan(bytes.length * 80);
  } finally {
    search.mockRestore();
  }
});
