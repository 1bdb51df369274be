import { existsSync } from 'node:fs';
import { startChild, type RunningChild } from './child.ts';

/** A display that nobody sees. */
export interface Display extends AsyncDisposable {
  /** The value of the variable DISPLAY. */
  readonly name: string;
}

const first = 90;
const last = 190;

/**
 * Starts Xvfb on a display that is free.
 * @throws Error where none of a hundred is
 */
export async function startDisplay(): Promise<Display> {
  for (let number = first + (process.pid % 50); number < last; number += 1) {
    if (existsSync(`/tmp/.X11-unix/X${number}`)) continue;
    try {
      const server = await startXvfb(number);
      return { name: `:${number}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
    } catch {
      // Somebody else has taken it meanwhile.
    }
  }
  throw new Error(`No display from :${first} to :${last} is free.`);
}

/** It writes the display's number once it takes connections. */
function startXvfb(number: number): Promise<RunningChild> {
  return startChild({
    command: '/usr/bin/Xvfb',
    args: [`:${number}`, '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-displayfd', '1'],
    ready: { output: new RegExp(`^${number}$`, 'm') },
  });
}
