import { EventEmitter } from 'node:events';

/** A notification of the platform that nobody sees. */
export class Notification extends EventEmitter {
  static isSupported(): boolean {
    return true;
  }

  show(): void {
    this.emit('show');
  }
}
