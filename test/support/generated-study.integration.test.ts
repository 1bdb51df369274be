import { readFile, stat } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { generateStudy } from './generated-study.ts';
import { readElements, textOf } from './read-elements.ts';
import { runTool } from './run-tool.ts';
import { temporaryDirectory } from './temporary-directory.ts';

it('makes files that DCMTK reads without a warning', async () => {
  await using directory = await temporaryDirectory();
  const study = await generateStudy({ directory: directory.path, instances: 2, pixelBytes: 8192, frames: 4 });
  const single = await generateStudy({ directory: directory.path, instances: 1, pixelBytes: 8192 });
  const { exitCode, output } = await runTool('dcmdump', ['-v', ...study.files, ...single.files]);
  expect(exitCode).toBe(0);
  expect(output).not.toMatch(/^[WE]:/m);
  const header = await readElements(study.files[1] ?? '');
  expect(textOf(header, '00280008')).toBe('4');
  expect(textOf(header, '00200013')).toBe('2');
  expect(textOf(header, '0020000D')).toBe(study.studyUid);
});

it('fills in pixel data of the wanted size that does not compress and differs', async () => {
  await using directory = await temporaryDirectory();
  const pixelBytes = 512 * 1024;
  const study = await generateStudy({ directory: directory.path, instances: 2, pixelBytes });
  const [one, two] = study.instances;
  if (one === undefined || two === undefined) throw new Error('too few instances');
  expect((await stat(one.file)).size).toBe(one.headerLength + 12 + pixelBytes);
  const pixels = (await readFile(one.file)).subarray(-pixelBytes);
  expect(deflateSync(pixels).length).toBeGreaterThan(pixelBytes * 0.99);
  expect((await readFile(two.file)).subarray(-pixelBytes).equals(pixels)).toBe(false);
});

it('refuses a size that makes no whole image', async () => {
  await using directory = await temporaryDirectory();
  const study = generateStudy({ directory: directory.path, instances: 1, pixelBytes: 8191 });
  await expect(study).rejects.toThrow(/whole rows/);
});
