/**
 * Stands for Node's module `events`: a library of the bundle extends its class, and never makes one here.
 */
export class EventEmitter extends EventTarget {}
