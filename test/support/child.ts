import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createConnection } from 'node:net';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ready once this loopback port accepts connections, or once the output matches. */
  readonly ready: { readonly port: number } | { readonly output: RegExp };
  readonly readyWithinMs?: number;
}

export interface RunningChild extends AsyncDisposable {
  readonly pid: number;
  /** The last 64 KiB that the process wrote to standard output and standard error. */
  output(): string;
  /** SIGTERM, and SIGKILL where that did not end it within `graceMs` (3000). Ends within bounded time. */
  stop(graceMs?: number): Promise<void>;
}

const keptOutput = 64 * 1024;
const pollMs = 20;
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The command line, wrapped so that the kernel ends the child also where this process is killed outright. */
function commandLine(command: string, args: readonly string[]): [string, string[]] {
  const setpriv = '/usr/bin/setpriv';
  if (!existsSync(setpriv)) return [command, [...args]];
  return [setpriv, ['--pdeathsig', 'KILL', command, ...args]];
}

interface Watched {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<void>;
  readonly failure: () => string | undefined;
}

function spawnWatched(options: Pick<ChildOptions, 'command' | 'args' | 'env'>): Watched {
  const [command, args] = commandLine(options.command, options.args);
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  let failure: string | undefined;
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('latin1')).slice(-keptOutput);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure = error.message;
      running.delete(child);
      resolve();
    });
    child.once('exit', (code, signal) => {
      failure = `it ended with ${signal ?? `exit code ${String(code)}`}`;
      running.delete(child);
      resolve();
    });
  });
  return { child, output: () => output, ended, failure: () => failure };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => {
      socket.end();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
    socket.once('close', () => {
      resolve(false);
    });
  });
}

async function stop({ child, ended }: Watched, graceMs: number): Promise<void> {
  if (!running.has(child)) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  try {
    await ended;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Starts a server process and waits until it is ready.
 * @throws Error with the last output where it ends before, or is not ready within `readyWithinMs` (15000)
 */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  const watched = spawnWatched(options);
  const { child, output } = watched;
  const limit = Date.now() + (options.readyWithinMs ?? 15_000);
  const isReady = (): boolean | Promise<boolean> =>
    'port' in options.ready ? accepts(options.ready.port) : options.ready.output.test(output());
  while (!(await isReady())) {
    const failure = watched.failure() ?? (Date.now() > limit ? 'it was not ready in time' : undefined);
    if (failure !== undefined) {
      await stop(watched, 0);
      throw new Error(`${options.command} could not be started: ${failure}.\n${output()}`);
    }
    await sleep(pollMs);
  }
  if (child.pid === undefined) throw new Error(`${options.command} has no process id.`);
  return {
    pid: child.pid,
    output,
    stop: (graceMs = 3000) => stop(watched, graceMs),
    [Symbol.asyncDispose]: () => stop(watched, 3000),
  };
}
