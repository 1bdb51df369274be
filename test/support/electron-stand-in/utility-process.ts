import { fork as forkNode, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ForkOptions } from 'electron';

const parentPortModule = fileURLToPath(new URL('./parent-port.ts', import.meta.url));
const jsFlags = '--js-flags=';

/** A process of Node in place of Electron's, with the same messages. */
class UtilityProcess extends EventEmitter {
  readonly name: string;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, name: string) {
    super();
    this.name = name;
    this.#child = child;
    child.on('message', (message) => this.emit('message', message));
    child.once('exit', (code) => this.emit('exit', code ?? 1));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.#child.stderr;
  }

  postMessage(message: object): void {
    // As in Electron, what is sent to a process that is gone is lost.
    if (this.#child.connected) this.#child.send(message);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

/** Those that run. */
export const utilityProcesses = new Set<UtilityProcess>();

export const utilityProcess = {
  fork(modulePath: string, args: string[] = [], options: ForkOptions = {}): UtilityProcess {
    const { execArgv = [], stdio = 'inherit' } = options;
    const flags = execArgv.flatMap((argument) =>
      argument.startsWith(jsFlags) ? argument.slice(jsFlags.length).split(' ') : [argument],
    );
    const child = forkNode(modulePath, args, {
      execArgv: [...flags, '--unhandled-rejections=warn-with-error-code', '--import', parentPortModule],
      stdio: [...(Array.isArray(stdio) ? stdio : (['ignore', 'inherit', 'inherit'] as const)), 'ipc'],
      serialization: 'advanced',
    });
    const started = new UtilityProcess(child, options.serviceName ?? 'Node Utility Process');
    utilityProcesses.add(started);
    started.once('exit', () => utilityProcesses.delete(started));
    return started;
  },
};
