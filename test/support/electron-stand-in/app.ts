import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { closeBrowser } from './browser.ts';
import { InstanceLock } from './instance-lock.ts';
import { closeWindows } from './open-windows.ts';
import { utilityProcesses } from './utility-process.ts';
import { emitPreventable } from './prevented.ts';

const userDataSwitch = '--user-data-dir=';

class App extends EventEmitter {
  readonly #ready = Promise.withResolvers<undefined>();
  readonly #userData = process.argv
    .find((argument) => argument.startsWith(userDataSwitch))
    ?.slice(userDataSwitch.length);
  #lock: InstanceLock | undefined;
  #isQuitting = false;

  whenReady(): Promise<undefined> {
    return this.#ready.promise;
  }

  /** Called by run.ts once the main module was evaluated. */
  becomeReady(): void {
    if (!this.#isQuitting) this.#ready.resolve(undefined);
  }

  getPath(name: 'userData' | 'logs'): string {
    if (this.#userData === undefined) throw new Error(`The stand-in needs ${userDataSwitch}`);
    const path = name === 'userData' ? this.#userData : join(this.#userData, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  getVersion(): string {
    return '0.0.0';
  }

  getAppMetrics(): { name: string; pid: number | undefined }[] {
    return [...utilityProcesses].map(({ name, pid }) => ({ name, pid }));
  }

  requestSingleInstanceLock(): boolean {
    this.#lock = new InstanceLock(this.getPath('userData'), (argv) =>
      this.emit('second-instance', {}, argv, '', {}),
    );
    return this.#lock.isHeld;
  }

  quit(): void {
    if (emitPreventable(this, 'before-quit')) return;
    this.exit(0);
  }

  exit(code = 0): void {
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    void this.#end(code);
  }

  async #end(code: number): Promise<void> {
    try {
      await closeWindows();
      await closeBrowser();
      await this.#lock?.release();
    } finally {
      process.exit(code);
    }
  }

  setAppUserModelId(): void {
    // Of Windows only.
  }

  getLoginItemSettings(): { openAtLogin: boolean; wasOpenedAtLogin: boolean } {
    return { openAtLogin: false, wasOpenedAtLogin: false };
  }

  setLoginItemSettings(): void {
    throw new Error('Electron does nothing here on Linux.');
  }
}

export const app = new App();
