import type { ScriptedWorld } from './scripted-world.ts';

/** What a procedure was last called with; undefined where it was not called. */
export function lastInput(world: ScriptedWorld, path: string): unknown {
  return world.calls.findLast((call) => call.path === path)?.input;
}
