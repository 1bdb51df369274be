import { spawn } from 'node:child_process';

/**
 * How a child process ended: with an exit code or by a signal. `interruptedBy` is the signal that this
 * process got and handed on meanwhile.
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, interruptedBy: NodeJS.Signals | undefined }} ChildEnd
 */

/** @type {readonly NodeJS.Signals[]} */
const forwardedSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
const graceInMs = 10_000;

/**
 * Runs a command to its end. Signals to this process go to the child, and this process lives on until the
 * child has ended, so that whoever stops the launcher stops what it launched.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, timeLimitInMs?: number, onOutput?: (text: string) => void }} [options]
 *   `onOutput` gets standard output and error instead of the terminal; past the time limit the child is
 *   terminated, and killed 10 s later
 * @returns {Promise<ChildEnd>}
 * @throws the system's error where the command cannot be started
 */
export function runChild(command, args, options = {}) {
  const { onOutput, timeLimitInMs, ...rest } = options;
  const child = spawn(command, args, {
    ...rest,
    stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', onOutput ?? (() => {}));
  /** @type {NodeJS.Signals | undefined} */
  let interruptedBy;
  /** @type {NodeJS.Timeout[]} */
  const timers = [];
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    interruptedBy = signal;
    child.kill(signal);
  };
  for (const signal of forwardedSignals) process.on(signal, forward);
  if (timeLimitInMs !== undefined) {
    timers.push(setTimeout(() => child.kill('SIGTERM'), timeLimitInMs));
    timers.push(setTimeout(() => child.kill('SIGKILL'), timeLimitInMs + graceInMs));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, interruptedBy }));
  }).finally(() => {
    timers.forEach(clearTimeout);
    for (const signal of forwardedSignals) process.off(signal, forward);
  });
}

/**
 * Ends this process as the child ended: with its exit code, or by the same signal.
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} end
 */
export function endLike({ code, signal }) {
  if (signal === null) process.exitCode = code ?? 1;
  else process.kill(process.pid, signal);
}
