import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PartTooLarge, Spool } from '../../../broker/cache/spool.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';

let directory: TemporaryDirectory;

beforeEach(async () => {
  directory = await temporaryDirectory('spool');
  await mkdir(join(directory.path, 'incoming'));
});

afterEach(() => directory[Symbol.asyncDispose]());

function files(): Promise<string[]> {
  return readdir(join(directory.path, 'incoming'));
}

async function* chunks(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) {
    await Promise.resolve();
    yield bytes.subarray(at, at + length);
  }
}

const pattern = Buffer.from(Array.from({ length: 997 }, (_, index) => (index * 7) % 251));

function sample(length: number): Buffer {
  return Buffer.alloc(length, pattern);
}

test('what is taken in is given out as it was, from any byte, in memory and in a file', async () => {
  const spool = new Spool({ directory: directory.path, memory: 600_000 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 32_768, 32_769, 262_144, 300_001, 599_999, 1_200_003),
      fc.constantFrom(1_000, 4_097, 65_536, 2_000_000),
      fc.nat(1_300_000),
      async (length, chunk, from) => {
        const bytes = sample(length);
        await using part = await spool.take(chunks(bytes, chunk), 2_000_000, 'It');
        expect(part.length).toBe(length);
        const read = Buffer.concat(await Array.fromAsync(part.stream(from)));
        expect(read.equals(bytes.subarray(from))).toBe(true);
        part.noteSent();
      },
    ),
    { numRuns: 40 },
  );
  expect(spool.inMemory).toBe(0);
  expect(await files()).toEqual([]);
});

test('small parts stay in memory while there is room; the others are files until they are let go of', async () => {
  const spool = new Spool({ directory: directory.path, memory: 500_000 });
  const first = await spool.take(chunks(sample(400_000), 65_536), 2_000_000, 'It');
  expect(await files()).toEqual([]);
  expect(spool.inMemory).toBe(400_000);
  const second = await spool.take(chunks(sample(400_000), 65_536), 2_000_000, 'It');
  expect(await files()).toHaveLength(1);
  expect(spool.inMemory).toBe(400_000);
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  expect(await files()).toEqual([]);
  expect(spool.inMemory).toBe(0);
});

test('memory is used again only where it has been sent', async () => {
  const spool = new Spool({ directory: directory.path });
  const first = await spool.take(chunks(sample(200_000), 65_536), 2_000_000, 'It');
  const pieces = await Array.fromAsync(first.stream());
  const before = Buffer.concat(pieces);
  await first[Symbol.asyncDispose]();
  await using second = await spool.take(chunks(Buffer.alloc(200_000), 65_536), 2_000_000, 'It');
  expect(second.length).toBe(200_000);
  // Somebody may still have been about to send what was dropped.
  expect(Buffer.concat(pieces).equals(before)).toBe(true);
});

test('what is too large, and what breaks off, leaves nothing behind', async () => {
  const spool = new Spool({ directory: directory.path, memory: 100_000 });
  const bytes = sample(1_500_000);
  await expect(spool.take(chunks(bytes, 65_536), 1_400_000, 'Part 1')).rejects.toThrow(PartTooLarge);
  async function* broken(): AsyncGenerator<Buffer> {
    yield* chunks(bytes, 65_536);
    throw new Error('gone');
  }
  await expect(spool.take(broken(), 2_000_000, 'Part 1')).rejects.toThrow('gone');
  expect(await files()).toEqual([]);
  expect(spool.inMemory).toBe(0);
});

test('a part in memory can be had as a file', async () => {
  const spool = new Spool({ directory: directory.path });
  const part = await spool.take(chunks(sample(1000), 100), 2000, 'It');
  const path = await part.file();
  expect(await part.file()).toBe(path);
  expect((await part.bytes()).equals(sample(1000))).toBe(true);
  await part[Symbol.asyncDispose]();
  expect(await files()).toEqual([]);
});
