import * as calls from './electron-calls.ts';

/** Stands for the module `electron`, whose calls can be imported by name and as one object. */
export * from './electron-calls.ts';
export default calls;
