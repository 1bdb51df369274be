import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractAll, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAppParts } from '../../build/app-parts.ts';
import { runChild } from '../../build/child.mjs';
import { hostOptions } from '../../build/host-options.mjs';
import { freePort } from '../support/free-port.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const builder = fileURLToPath(import.meta.resolve('electron-builder/cli.js'));
const minutes = 60_000;

/** Where Electron keeps its fuses in its binary: this, their version, their number, a sign for each. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

describe('the packaged app', { timeout: 15 * minutes }, () => {
  let directory: TemporaryDirectory;
  let resources: string;

  beforeAll(async () => {
    directory = await temporaryDirectory('package');
    const electron = join(directory.path, 'electron');
    await makeElectronFolder(electron);
    await makeAppParts();
    const output = join(directory.path, 'packages');
    let text = '';
    const { code } = await runChild(
      process.execPath,
      [
        ...[builder, '--dir', '--linux', '--x64', '--publish', 'never'],
        ...[`-c.electronDist=${electron}`, `-c.directories.output=${output}`],
      ],
      { cwd: root, timeLimitInMs: 10 * minutes, onOutput: (part) => (text += part) },
    );
    expect(code, text).toBe(0);
    resources = join(output, 'linux-unpacked', 'resources');
  }, 15 * minutes);
  afterAll(async () => {
    await directory[Symbol.asyncDispose]();
  });

  it('holds program, interface, icons and the packages that they need, and nothing else', () => {
    const files = listPackage(join(resources, 'app.asar'), { isPack: false });
    const top = new Set(files.map((file) => file.split('/')[1]));
    expect([...top].toSorted()).toEqual([
      'LICENSE',
      'broker',
      'dist',
      'main',
      'node_modules',
      'package.json',
    ]);
    for (const needed of [
      '/main/desktop/desktop.js',
      '/main/desktop/gateway/gateway-main.js',
      '/main/headless.js',
      '/broker/receiving/worker.js',
      '/dist/renderer/index.html',
      '/dist/icons/tray-working@2x.png',
      '/node_modules/electron-store/package.json',
      '/node_modules/electron-updater/package.json',
      '/node_modules/sharp/package.json',
    ]) {
      expect(files).toContain(needed);
    }
    expect(files.filter((file) => /\.(ts|cts|mts|map)$/.test(file))).toEqual([]);
    const packages = new Set(
      files.flatMap((file) => /^\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
    );
    for (const development of [
      'electron',
      'typescript',
      'vite',
      'vitest',
      'playwright-core',
      'node',
      'svelte',
    ]) {
      expect([...packages]).not.toContain(development);
    }
  });

  it('has native code where the system can load it', () => {
    const files = listPackage(join(resources, 'app.asar'), { isPack: true });
    const native = files.filter((line) => /\.(node|so(\.[\d.]+)?)$/.test(line));
    expect(native.length).toBeGreaterThan(2);
    expect(native.filter((line) => !line.startsWith('unpack'))).toEqual([]);
  });

  it('has the fuses of its binary set', async () => {
    const fuses = await getCurrentFuseWire(join(resources, '..', 'dcmrs-broker'));
    const set = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ];
    const removed = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    expect(set.map((fuse) => fuses[fuse])).toEqual(set.map(() => FuseState.ENABLE));
    expect(removed.map((fuse) => fuses[fuse])).toEqual(removed.map(() => FuseState.DISABLE));
  });

  it('has a headless host that starts on plain Node and answers', async () => {
    const app = join(directory.path, 'app');
    extractAll(join(resources, 'app.asar'), app);
    const [http, control] = await Promise.all([freePort(), freePort()]);
    const host = spawn(process.execPath, [...hostOptions, 'main/headless.js', '--demo-if-unconfigured'], {
      cwd: app,
      env: {
        HTTP_PORT: String(http),
        SCP_LOCAL_PORT: String(await freePort()),
        CONTROL_PORT: String(control),
        DCMRSBROKER_HOME: directory.path,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    host.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
    try {
      await expect
        .poll(
          () =>
            fetch(`http://127.0.0.1:${http}/health`).then(
              ({ status }) => status,
              () => 0,
            ),
          {
            timeout: minutes,
            interval: 500,
          },
        )
        .toBe(200);
      // It goes on without its native code, so that it has to be asked whether it was found.
      expect(log).toContain('quickAck=on');
      const [, picture = ''] = /\/studies\/([\d.]+) -o/.exec(log) ?? [];
      const thumbnail = await fetch(`http://127.0.0.1:${http}/wado-rs/studies/${picture}/thumbnail`);
      expect(thumbnail.status).toBe(200);
      const page = await fetch(`http://127.0.0.1:${control}/`);
      expect(await page.text()).toContain('<script type="module"');
    } finally {
      host.kill('SIGTERM');
      await new Promise((resolve) => host.once('exit', resolve));
    }
    expect(host.exitCode).toBe(0);
  });
});

/** As much of an unpacked Electron as electron-builder looks at. */
async function makeElectronFolder(path: string): Promise<void> {
  await mkdir(join(path, 'resources'), { recursive: true });
  await mkdir(join(path, 'locales'));
  await writeFile(join(path, 'locales', 'en-US.pak'), '');
  await writeFile(join(path, 'LICENSE'), '');
  await writeFile(join(path, 'LICENSES.chromium.html'), '');
  const manifest: unknown = JSON.parse(
    await readFile(join(root, 'node_modules/electron/package.json'), 'utf8'),
  );
  await writeFile(join(path, 'version'), (manifest as { version: string }).version);
  // Each fuse as it is before it is set: all the other way round.
  await writeFile(join(path, 'electron'), `..${fuseSentinel}\u0001\u0009101100111..`, 'latin1');
  await chmod(join(path, 'electron'), 0o755);
}
