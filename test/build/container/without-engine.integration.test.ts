import { spawn } from 'node:child_process';
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildWithoutEngine, type UnpackedImage } from '../../../build/container/without-engine.ts';
import { startDcmqrscp } from '../../support/dcmqrscp.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const minutes = 60_000;

it(
  'the steps of the container file make a gateway that runs as nobody special and is healthy',
  { timeout: 20 * minutes },
  async () => {
    await using root = await temporaryDirectory('image');
    await chmod(root.path, 0o755);
    const image = await buildWithoutEngine(root.path);
    expect(image).toMatchObject({ user: '1000:1000', ports: ['4567', '11112', '4568'] });
    expect(image.volumes).toEqual([image.env['SCP_CACHE_DIR_PATH']]);
    const names = await readdir(join(image.directory, 'node_modules'));
    expect(names).toContain('express');
    for (const absent of ['electron', 'vite', 'typescript', 'vitest', 'svelte']) {
      expect(names).not.toContain(absent);
    }

    await using archive = await startDcmqrscp({ moveDestinations: [] });
    const [http, scp, control] = await Promise.all([freePort(), freePort(), freePort()]);
    const settings = {
      QIDO_REMOTE_AE: archive.aeTitle,
      QIDO_REMOTE_HOST: archive.host,
      QIDO_REMOTE_PORT: String(archive.port),
      QIDO_LOCAL_AE: 'BROKER',
      WADO_REMOTE_AE: archive.aeTitle,
      WADO_REMOTE_HOST: archive.host,
      WADO_REMOTE_PORT: String(archive.port),
      WADO_LOCAL_AE: 'BROKER',
      SCP_LOCAL_AE: 'BROKER',
      SCP_LOCAL_PORT: String(scp),
      HTTP_PORT: String(http),
      CONTROL_PORT: String(control),
    };
    await using gateway = startIn(image, image.command, settings);
    await expect
      .poll(() => exitCodeOf(image, image.healthCheck, settings), { timeout: minutes, interval: 1_000 })
      .toBe(0);
    const page = await fetch(`http://127.0.0.1:${control}/`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<script type="module"');
    expect(gateway.exitCode).toBeNull();

    gateway.kill('SIGTERM');
    await expect.poll(() => gateway.exitCode, { timeout: minutes }).toBe(0);
    expect(await exitCodeOf(image, image.healthCheck, settings)).toBe(1);
  },
);

/** Starts a command of the image with its variables and, where this process may, as its user. */
function startIn(image: UnpackedImage, command: readonly string[], settings: Record<string, string>) {
  const [, ...args] = command;
  const [uid, gid] = image.user.split(':').map(Number);
  const child = spawn(process.execPath, args, {
    cwd: image.directory,
    env: { ...image.env, ...settings },
    stdio: 'inherit',
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  });
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  });
}

async function exitCodeOf(
  image: UnpackedImage,
  command: readonly string[],
  settings: Record<string, string>,
): Promise<number | null> {
  await using child = startIn(image, command, settings);
  return await new Promise((resolve) => child.once('exit', resolve));
}
