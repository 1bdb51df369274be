import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { incomingDirectory, instancesDirectory } from '../../../broker/cache/instance-path.ts';
import { InstanceWriter, type WriteOutcome } from '../../../broker/cache/instance-writer.ts';
import type { StoredInstance } from '../../../broker/cache/stored-instance.ts';
import { readFileMeta } from '../../../broker/dicom/file-meta.ts';
import { deflatedExplicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { type SentInstance, sentInstance } from '../../support/sent-instance.ts';
import { settledMemory } from '../../support/settled-memory.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';

let directory: TemporaryDirectory;
let stored: StoredInstance[] = [];

beforeAll(async () => {
  directory = await temporaryDirectory('instance-writer');
});
afterAll(() => directory[Symbol.asyncDispose]());
beforeEach(() => {
  stored = [];
  for (const path of [incomingDirectory(directory.path), instancesDirectory(directory.path)]) {
    rmSync(path, { recursive: true, force: true });
  }
  mkdirSync(incomingDirectory(directory.path));
});

function writerOf(
  sent: SentInstance,
  more: { sopInstanceUid?: string; sopClassUid?: string; archive?: string } = {},
): InstanceWriter {
  return new InstanceWriter(
    {
      sopClassUid: sent.sopClass,
      sopInstanceUid: sent.instance,
      transferSyntaxUid: sent.transferSyntax,
      sourceAeTitle: 'SENDER',
      ...more,
    },
    {
      directory: directory.path,
      archiveOf: (study) => (study === sent.study ? (more.archive ?? 'main') : undefined),
      stored: (instance) => stored.push(instance),
    },
  );
}

function write(writer: InstanceWriter, bytes: Buffer, size = 16_000): WriteOutcome {
  for (let at = 0; at < bytes.length; at += size) writer.write(bytes.subarray(at, at + size));
  return writer.end();
}

function incoming(): string[] {
  return readdirSync(incomingDirectory(directory.path));
}

function openFiles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

describe('an instance writer', () => {
  it('writes the bytes behind a file meta header of its own, in whatever pieces they come', () => {
    const pieces = fc.array(fc.nat({ max: 3_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.nat({ max: 8_000 }), (sizes, bytes) => {
        fc.pre(sizes.some((size) => size > 0));
        const sent = sentInstance({ bytes });
        const writer = writerOf(sent);
        for (let at = 0, index = 0; at < sent.dataSet.length; index += 1) {
          const size = sizes[index % sizes.length] ?? 0;
          writer.write(sent.dataSet.subarray(at, at + size));
          at += size;
        }
        expect(writer.end()).toEqual({ status: 0 });
        const file = readFileSync(stored.at(-1)?.path ?? '');
        const { dataSetOffset, ...meta } = readFileMeta(file);
        expect(file.subarray(dataSetOffset).equals(sent.dataSet)).toBe(true);
        expect(meta).toMatchObject({ sopInstanceUid: sent.instance, transferSyntaxUid: sent.transferSyntax });
        expect(stored.at(-1)).toMatchObject({ dataSetOffset, size: file.length, crc32: crc32(file) });
      }),
      { numRuns: 50 },
    );
    expect(incoming()).toEqual([]);
  });

  it('writes nothing before there is half a megabyte, and then does not wait for the end', () => {
    const sent = sentInstance({ bytes: 2_000_000 });
    const writer = writerOf(sent);
    writer.write(sent.dataSet.subarray(0, 500_000));
    expect(incoming()).toEqual([]);
    writer.write(sent.dataSet.subarray(500_000, 600_000));
    expect(incoming()).toHaveLength(1);
    expect(readFileSync(join(incomingDirectory(directory.path), incoming()[0] ?? '')).length).toBeGreaterThan(
      600_000,
    );
    expect(stored).toEqual([]);
    writer.write(sent.dataSet.subarray(600_000));
    expect(writer.end()).toEqual({ status: 0 });
    expect(incoming()).toEqual([]);
  });

  it('knows where the instance belongs as soon as its header has come', () => {
    const sent = sentInstance();
    const writer = writerOf(sent);
    writer.write(sent.dataSet.subarray(0, 50));
    expect(writer.place).toBeUndefined();
    writer.write(sent.dataSet.subarray(50));
    expect(writer.place).toMatchObject({ archive: 'main', study: sent.study });
    writer.abort();
  });

  it('keeps little where bytes come one by one', () => {
    const sent = sentInstance({ bytes: 300_000 });
    const writer = writerOf(sent);
    const before = settledMemory();
    for (let at = 0; at < sent.dataSet.length; at += 1) {
      writer.write(Buffer.alloc(0));
      writer.write(sent.dataSet.subarray(at, at + 1));
    }
    expect(settledMemory() - before).toBeLessThan(2 * 1024 * 1024);
    expect(writer.end()).toEqual({ status: 0 });
    expect(
      readFileSync(stored[0]?.path ?? '')
        .subarray(stored[0]?.dataSetOffset)
        .equals(sent.dataSet),
    ).toBe(true);
  });

  it('reads the header of a deflated data set, and writes it as it came', () => {
    const sent = sentInstance({ transferSyntax: deflatedExplicitVrLittleEndian });
    expect(write(writerOf(sent), sent.dataSet, 7)).toEqual({ status: 0 });
    expect(
      readFileSync(stored[0]?.path ?? '')
        .subarray(stored[0]?.dataSetOffset)
        .equals(sent.dataSet),
    ).toBe(true);
  });

  it('makes the directory of a series again where it was removed meanwhile', () => {
    const first = sentInstance();
    expect(write(writerOf(first), first.dataSet)).toEqual({ status: 0 });
    rmSync(instancesDirectory(directory.path), { recursive: true });
    expect(write(writerOf(first), first.dataSet)).toEqual({ status: 0 });
  });

  it('decides once: it stores what stops being asked for while it arrives', () => {
    const sent = sentInstance();
    let isAsked = true;
    const incomingInstance = {
      sopClassUid: sent.sopClass,
      sopInstanceUid: sent.instance,
      transferSyntaxUid: sent.transferSyntax,
      sourceAeTitle: '',
    };
    const writer = new InstanceWriter(incomingInstance, {
      directory: directory.path,
      archiveOf: () => (isAsked ? 'main' : undefined),
      stored: (instance) => stored.push(instance),
    });
    writer.write(sent.dataSet);
    isAsked = false;
    expect(writer.end()).toEqual({ status: 0 });
    expect(stored).toHaveLength(1);
  });
});

describe('an instance writer leaves no file and no descriptor', () => {
  const large = sentInstance({ bytes: 1_500_000 });

  it.each<{ what: string; status: number; comment: RegExp; writer: () => InstanceWriter; bytes: Buffer }>([
    {
      what: 'nothing asked for the study',
      status: 0x0124,
      comment: /No retrieval asked/,
      writer: () => writerOf({ ...large, study: '1.2' }),
      bytes: large.dataSet,
    },
    {
      what: 'the command names another instance',
      status: 0xa900,
      comment: /differs from the command/,
      writer: () => writerOf(large, { sopInstanceUid: '1.2.3' }),
      bytes: large.dataSet,
    },
    {
      what: 'the command names no instance',
      status: 0xc000,
      comment: /missing or wrong/,
      writer: () => writerOf(large, { sopInstanceUid: '../../x' }),
      bytes: large.dataSet,
    },
    {
      what: 'the command names no class',
      status: 0xc000,
      comment: /SOP Class UID/,
      writer: () => writerOf(large, { sopClassUid: 'x'.repeat(70_000).slice(0, 16_000) }),
      bytes: large.dataSet,
    },
    {
      what: 'the header never comes to its end',
      status: 0xc000,
      comment: /missing or wrong/,
      writer: () => writerOf(large),
      bytes: Buffer.concat([
        large.dataSet.subarray(0, 60),
        Buffer.from('0900010055540000ffffff00', 'hex'),
        Buffer.alloc(1_500_000),
      ]),
    },
    {
      what: 'the name of the archive is no part of a path',
      status: 0xa700,
      comment: /cannot be written/,
      writer: () => writerOf(large, { archive: '../x' }),
      bytes: large.dataSet,
    },
  ])('where $what', ({ status, comment, writer, bytes }) => {
    const before = openFiles();
    const outcome = write(writer(), bytes);
    expect(outcome).toEqual({ status, comment: expect.stringMatching(comment) as string });
    expect(openFiles()).toBe(before);
    expect(incoming()).toEqual([]);
    expect(stored).toEqual([]);
  });

  it('where the sender breaks off', () => {
    const before = openFiles();
    const writer = writerOf(large);
    writer.write(large.dataSet.subarray(0, 1_000_000));
    expect(incoming()).toHaveLength(1);
    writer.abort();
    expect(incoming()).toEqual([]);
    expect(openFiles()).toBe(before);
  });

  it('where the directory of what is incoming is gone', () => {
    rmSync(incomingDirectory(directory.path), { recursive: true });
    const before = openFiles();
    expect(write(writerOf(large), large.dataSet)).toEqual({
      status: 0xa700,
      comment: 'The cache cannot be written: ENOENT',
    });
    expect(openFiles()).toBe(before);
  });

  it('where a file stands in the way of the directory of the series', () => {
    const before = openFiles();
    const inTheWay = join(instancesDirectory(directory.path), 'main', large.study);
    mkdirSync(dirname(inTheWay), { recursive: true });
    writeFileSync(inTheWay, '');
    expect(write(writerOf(large), large.dataSet)).toMatchObject({ status: 0xa700 });
    expect(openFiles()).toBe(before);
    expect(incoming()).toEqual([]);
  });
});
