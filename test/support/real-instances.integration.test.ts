import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { pydicomCharacterSetFiles, realFiles } from './real-files.ts';
import { groupForArchive, identifyAll } from './real-instances.ts';

it('identifies the real files and puts none twice or together with its like', async () => {
  const files = await realFiles();
  expect(await pydicomCharacterSetFiles()).toHaveLength(17);
  const instances = await identifyAll(files);
  const names = instances.map(({ file }) => basename(file));
  expect(names).toContain('chrH32.dcm');
  expect(names).not.toContain('MR_truncated.dcm');
  expect(new Set(instances.map(({ transferSyntax }) => transferSyntax)).size).toBeGreaterThan(10);

  const groups = groupForArchive(instances);
  expect(groups.flat()).toHaveLength(instances.length);
  for (const group of groups) {
    expect(new Set(group.map(({ transferSyntax }) => transferSyntax)).size).toBe(1);
    expect(new Set(group.map(({ instance }) => instance)).size).toBe(group.length);
  }
});
