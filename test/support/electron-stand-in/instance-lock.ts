import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** One process for each data folder; a further one hands its arguments to the first. */
export class InstanceLock {
  readonly isHeld: boolean;
  readonly #file: string;
  readonly #handedOver: Promise<void> = Promise.resolve();
  #server: Server | undefined;

  constructor(directory: string, onSecond: (argv: string[]) => void) {
    this.#file = join(directory, 'instance-lock');
    const socket = join(directory, 'instance-socket');
    this.isHeld = this.#take();
    if (this.isHeld) {
      rmSync(socket, { force: true });
      this.#server = createServer((connection) => {
        let text = '';
        connection.on('data', (chunk) => (text += chunk.toString('utf8')));
        connection.on('end', () => onSecond(JSON.parse(text) as string[]));
      }).listen(socket);
    } else {
      this.#handedOver = new Promise((resolve) => {
        const connection = createConnection(socket, () => connection.end(JSON.stringify(process.argv)));
        connection.on('close', () => resolve());
        connection.on('error', () => resolve());
      });
    }
  }

  async release(): Promise<void> {
    await this.#handedOver;
    this.#server?.close();
    if (this.isHeld) rmSync(this.#file, { force: true });
  }

  #take(): boolean {
    try {
      writeFileSync(this.#file, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      if (isAlive(Number(readFileSync(this.#file, 'utf8')))) return false;
      writeFileSync(this.#file, String(process.pid));
      return true;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
