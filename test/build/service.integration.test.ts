import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hostOptions } from '../../build/host-options.mjs';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const unit = join(root, 'build', 'dcmrs-broker.service');
const analyze = '/usr/bin/systemd-analyze';

/** Exposure that systemd-analyze may find, of 100: without any hardening it is above 90. */
const exposureThreshold = '20';

describe('the unit of systemd', () => {
  it('starts the gateway as every host does', async () => {
    const [, command] = /^ExecStart=(.*)$/m.exec(await readFile(unit, 'utf8')) ?? [];
    expect(command?.split(' ').slice(1)).toEqual([...hostOptions, 'main/headless.ts']);
  });

  it('may change nothing of the machine but its own folders', async () => {
    const lines = (await readFile(unit, 'utf8')).split('\n');
    for (const line of [
      'DynamicUser=yes',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.filter((line) => /^(ReadWritePaths|User=root)/.test(line))).toEqual([]);
  });

  const isHere = existsSync(analyze);
  it(
    isHere ? 'is hardened as systemd measures it' : 'is lines of keys (there is no systemd here)',
    async () => {
      const text = await readFile(unit, 'utf8');
      expect(text.split('\n').filter((line) => !/^(#.*|\[\w+\]|\w+=.+|)$/.test(line))).toEqual([]);
      if (!isHere) return;
      await using directory = await temporaryDirectory('unit');
      const path = join(directory.path, 'dcmrs-broker.service');
      // The program is here, not where the unit expects it.
      const here = text.replaceAll('/opt/dcmrs-broker/', root);
      await writeFile(path, here.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
      const verified = await promisify(execFile)(analyze, ['verify', path]);
      expect(verified.stderr).toBe('');
      await promisify(execFile)(analyze, [
        'security',
        '--offline=true',
        `--threshold=${exposureThreshold}`,
        path,
      ]);
    },
  );
});
