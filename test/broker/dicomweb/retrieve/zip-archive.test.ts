import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ZipArchive, type ZipEntry } from '../../../../broker/dicomweb/retrieve/zip-archive.ts';
import { runTool } from '../../../support/run-tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const texts = ['the first file', '', 'the last, which is longer than the others'];

function archiveOf(bodies: readonly Buffer[]): { bytes: Buffer; entries: ZipEntry[] } {
  const entries = bodies.map((body, index) => ({
    name: `1.2.3/1.2.3.${index}.dcm`,
    size: body.length,
    crc32: crc32(body),
  }));
  const archive = new ZipArchive();
  const pieces = bodies.flatMap((body, index) => [archive.add(entries[index]!, index), body]);
  return { bytes: Buffer.concat([...pieces, archive.end()]), entries };
}

/** What Python's zipfile, which checks every CRC-32, finds in an archive: names and bodies. */
async function readByPython(bytes: Buffer): Promise<unknown> {
  await using directory = await temporaryDirectory('zip');
  const path = join(directory.path, 'archive.zip');
  await writeFile(path, bytes);
  const program = `
import sys, zipfile, json
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps([[i.filename, i.file_size, z.read(i).decode('latin1')[:100]] for i in z.infolist()]))
`;
  return JSON.parse((await runTool('python3', ['-c', program, path])).stdout) as unknown;
}

describe('a ZIP archive', () => {
  it('holds its files as they are, for others to read', async () => {
    const { bytes, entries } = archiveOf(texts.map((text) => Buffer.from(text)));
    expect(await readByPython(bytes)).toEqual(
      entries.map(({ name, size }, index) => [name, size, texts[index]]),
    );
  });

  it('is as long as it was said beforehand', () => {
    const { bytes, entries } = archiveOf(texts.map((text) => Buffer.from(text)));
    expect(ZipArchive.lengthOf(entries)).toBe(bytes.length);
    expect(ZipArchive.lengthOf([])).toBe(22);
  });

  it('forgets files that are added again', async () => {
    const archive = new ZipArchive();
    const file = { name: 'a', size: 1, crc32: crc32(Buffer.from('x')) };
    archive.add({ ...file, name: 'b' }, 0);
    archive.add({ ...file, name: 'c' }, 1);
    const bytes = Buffer.concat([archive.add(file, 0), Buffer.from('x'), archive.end()]);
    expect(await readByPython(bytes)).toEqual([['a', 1, 'x']]);
  });

  it('takes more files than 16 bits count', async () => {
    const { bytes, entries } = archiveOf(Array.from({ length: 65_536 }, () => Buffer.from('x')));
    expect(ZipArchive.lengthOf(entries)).toBe(bytes.length);
    expect(await readByPython(bytes)).toHaveLength(65_536);
  });

  it('says the size of a file of more than 4 GiB, and the place of what follows, in 64 bits', () => {
    const large = 5 * 2 ** 30;
    const archive = new ZipArchive();
    const header = archive.add({ name: 'a', size: large, crc32: 1 }, 0);
    expect(header.readUInt32LE(22)).toBe(0xffffffff);
    expect(Number(header.readBigUInt64LE(header.length - 8))).toBe(large);
    archive.add({ name: 'b', size: 1, crc32: 2 }, 1);
    const end = archive.end();
    // The second entry's extra field has its place only: its size fits.
    const second = end.indexOf(Buffer.from('PK\x01\x02', 'latin1'), 1);
    expect(end.readUInt32LE(second + 42)).toBe(0xffffffff);
    expect(Number(end.readBigUInt64LE(second + 46 + 1 + 4))).toBe(header.length + large);
    expect(end.includes(Buffer.from('PK\x06\x06', 'latin1'))).toBe(true);
  });
});
