import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type RunningChild, startChild } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const headless = fileURLToPath(new URL('../../main/headless.ts', import.meta.url));
const token = 'a-token-that-is-long-enough';

async function start(
  home: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<RunningChild> {
  return await startChild({
    command: process.execPath,
    args: [headless, '--home', home, ...args],
    env,
    ready: { output: /Ctrl\+C stops it/ },
  });
}

describe('the headless host', () => {
  it('stays up where nothing is configured: it says where to set it up, and looks unhealthy', async () => {
    await using home = await temporaryDirectory('headless');
    const port = await freePort();
    await using child = await start(home.path, { CONTROL_PORT: String(port) });
    expect(child.output()).toContain('DCMRS Broker is not set up');
    expect(child.output()).toContain(`Set it up at:    http://127.0.0.1:${port}/`);
    // What is kept somewhere must not have it.
    expect(child.output()).not.toContain('token=');
    expect(child.output()).toMatch(
      /ERROR qido\.remote_ae \(environment variable QIDO_REMOTE_AE\) is missing/,
    );
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect([health.status, await health.json()]).toEqual([
      503,
      { state: 'not-working', phase: 'unconfigured' },
    ]);
    await child.stop();
  });

  it('starts with the demo archive where that is wanted, and can be set up meanwhile', async () => {
    await using home = await temporaryDirectory('headless');
    const [http, control, scp] = [await freePort(), await freePort(), await freePort()];
    await using child = await start(
      home.path,
      {
        HTTP_PORT: String(http),
        SCP_LOCAL_PORT: String(scp),
        CONTROL_PORT: String(control),
        CONTROL_TOKEN: token,
      },
      ['--demo-if-unconfigured'],
    );
    expect(child.output()).toContain('with the built-in demo archive');
    expect(child.output()).toContain('sign in with control.token');
    expect(child.output()).not.toContain(token);
    expect((await fetch(`http://127.0.0.1:${http}/qido-rs/studies`)).status).toBe(200);
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`http://127.0.0.1:${control}/api/settings`, { headers });
    const { settings } = (await answer.json()) as { settings: { property: string; isLocked: boolean }[] };
    const isLocked = Object.fromEntries(settings.map((one) => [one.property, one.isLocked]));
    expect(isLocked).toMatchObject({ 'qido.remote_ae': false, 'scp.local_ae': false, 'http.port': true });
    await child.stop();
  });

  it('ends with all problems where nothing is configured and there can be no interface to mend them', async () => {
    await using home = await temporaryDirectory('headless');
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      const started = start(home.path, { CONTROL_PORT: String(port) });
      await expect(started).rejects.toThrow(/qido\.remote_ae[^]*scp\.cache_dir_path[^]*control\.port/);
    } finally {
      server.close();
    }
  });
});
