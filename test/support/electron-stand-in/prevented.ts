import type { EventEmitter } from 'node:events';

/** An event of Electron that a listener may prevent. */
export interface PreventableEvent {
  preventDefault(): void;
  readonly defaultPrevented: boolean;
}

/** Emits an event as Electron does; true where a listener prevented what it announces. */
export function emitPreventable(emitter: EventEmitter, name: string, details: object = {}): boolean {
  let prevented = false;
  const event: PreventableEvent = {
    ...details,
    preventDefault: () => void (prevented = true),
    get defaultPrevented() {
      return prevented;
    },
  };
  emitter.emit(name, event);
  return prevented;
}
