import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RotatingFile } from '../../../broker/observe/rotating-file.ts';

describe('RotatingFile', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dcmrs-log-'));
    path = join(directory, 'broker.log');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function contents(): Record<string, string> {
    return Object.fromEntries(
      readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    );
  }

  it('begins a new file before one would grow past its size, and drops the oldest', () => {
    const file = new RotatingFile(path, { maxSizeInBytes: 10, maxCount: 3 });
    for (const line of ['one...\n', 'two...\n', 'three.\n', 'four..\n', 'five\n', '6\n']) file.write(line);
    file.close();
    expect(contents()).toEqual({
      'broker.log': 'five\n6\n',
      'broker.log.1': 'four..\n',
      'broker.log.2': 'three.\n',
    });
  });

  it('keeps a single file within its size', () => {
    const file = new RotatingFile(path, { maxSizeInBytes: 10, maxCount: 1 });
    for (const line of ['one...\n', 'two...\n']) file.write(line);
    file.close();
    expect(contents()).toEqual({ 'broker.log': 'two...\n' });
  });

  it('goes on in a file that is there, its size counted', () => {
    writeFileSync(path, 'before.\n');
    const file = new RotatingFile(path, { maxSizeInBytes: 12, maxCount: 2 });
    file.write('a\n');
    file.write('after.\n');
    file.close();
    expect(contents()).toEqual({ 'broker.log': 'after.\n', 'broker.log.1': 'before.\na\n' });
  });

  it('counts bytes, not characters', () => {
    const file = new RotatingFile(path, { maxSizeInBytes: 10, maxCount: 2 });
    file.write('ああ\n');
    file.write('いい\n');
    file.close();
    expect(statSync(path).size).toBe(7);
    expect(statSync(`${path}.1`).size).toBe(7);
  });

  it('loses entries, counts them and goes on where it cannot rename', () => {
    const file = new RotatingFile(path, { maxSizeInBytes: 4, maxCount: 2 });
    file.write('one\n');
    // A directory that is not empty cannot be replaced by a file.
    mkdirSync(join(directory, 'broker.log.1', 'x'), { recursive: true });
    file.write('two\n');
    expect(file.lost).toBe(1);
    rmSync(join(directory, 'broker.log.1'), { recursive: true });
    file.write('three\n');
    file.close();
    expect(contents()).toEqual({ 'broker.log': 'three\n', 'broker.log.1': 'one\n' });
  });

  it('is not readable by others', () => {
    new RotatingFile(path, { maxSizeInBytes: 10, maxCount: 1 }).close();
    expect(statSync(path).mode & 0o007).toBe(0);
  });
});
