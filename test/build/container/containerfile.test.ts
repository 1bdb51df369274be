import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../build/container/containerfile.ts';
import { hostOptions } from '../../../build/host-options.mjs';

describe('readContainerfile', () => {
  it('gives each stage its instructions, without comments', () => {
    const text = '# a\nFROM x AS build\nRUN a && b\n\nFROM y\n# c\nCOPY --from=build /a b\n';
    expect(readContainerfile(text)).toEqual([
      { name: 'build', instructions: [{ name: 'RUN', text: 'a && b' }] },
      { name: 'stage-1', instructions: [{ name: 'COPY', text: '--from=build /a b' }] },
    ]);
  });

  it('refuses what it does not understand', () => {
    expect(() => readContainerfile('FROM x\nRUN a \\\n  b')).toThrow('Not understood: RUN a \\');
    expect(() => readContainerfile('RUN a')).toThrow('Before the first FROM');
  });
});

describe('our container file', () => {
  it('starts the gateway as every host does', async () => {
    const path = new URL('../../../build/container/Containerfile', import.meta.url);
    const instructions = readContainerfile(await readFile(path, 'utf8')).at(-1)?.instructions;
    const command: unknown = JSON.parse(instructions?.find(({ name }) => name === 'CMD')?.text ?? '');
    expect(command).toEqual(['node', ...hostOptions, 'main/headless.ts']);
  });
});
