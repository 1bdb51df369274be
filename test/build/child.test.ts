import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runChild } from '../../build/child.mjs';

const source = new URL('../../build/child.mjs', import.meta.url).href;

/** Starts a launcher whose child runs `script`; resolves when the child has written something. */
async function startLauncher(script: string) {
  const launcherScript = `
    import { endLike, runChild } from ${JSON.stringify(source)};
    endLike(await runChild(process.execPath, ['-e', ${JSON.stringify(script)}]));`;
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', launcherScript]);
  let output = '';
  launcher.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(launcher.stdout, 'data');
  const ended = once(launcher, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return { launcher, ended, output: () => output };
}

describe('runChild', () => {
  it('tells the exit code, and hands over what the child writes', async () => {
    let output = '';
    const end = await runChild(
      process.execPath,
      ['-e', 'console.log("out"); console.error("err"); process.exit(7)'],
      {
        onOutput: (text) => (output += text),
      },
    );
    expect(end).toEqual({ code: 7, signal: null, interruptedBy: undefined });
    expect(output).toContain('out\n');
    expect(output).toContain('err\n');
  });

  it('rejects where the command cannot be started', async () => {
    await expect(runChild('/nowhere/to/be/found', [])).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('terminates a child past its time limit', async () => {
    const end = await runChild(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      timeLimitInMs: 300,
      onOutput: () => undefined,
    });
    expect(end).toEqual({ code: null, signal: 'SIGTERM', interruptedBy: undefined });
  });

  it('leaves no signal handlers behind', async () => {
    const before = process.listenerCount('SIGTERM');
    await runChild(process.execPath, ['-e', ''], { onOutput: () => undefined });
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'hands %s on, waits for the child and ends like it',
    async (signal) => {
      const script = `
      process.on('${signal}', () => setTimeout(() => { console.log('closed'); process.exit(3); }, 200));
      setInterval(() => {}, 1000); console.log('ready');`;
      const { launcher, ended, output } = await startLauncher(script);
      launcher.kill(signal);
      expect(await ended).toEqual([3, null]);
      expect(output()).toBe('ready\nclosed\n');
    },
  );

  it('ends by the signal that ended the child', async () => {
    const { launcher, ended } = await startLauncher('console.log("ready"); setInterval(() => {}, 1000);');
    launcher.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});
