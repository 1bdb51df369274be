import { EventEmitter } from 'node:events';

/** What a utility process of Electron has as `process.parentPort`. */
class ParentPort extends EventEmitter {
  postMessage(message: object): void {
    process.send?.(message);
  }
}

const parentPort = new ParentPort();
process.on('message', (data) => parentPort.emit('message', { data }));
// Electron's ends with the process that has made it.
process.on('disconnect', () => process.exit(1));
Object.defineProperty(process, 'parentPort', { value: parentPort });
