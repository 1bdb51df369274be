import { ORPCError, implement } from '@orpc/server';
import { contract } from '../../../broker/control/contract/contract.ts';
import type { ScriptedWorld } from './scripted-world.ts';

/** What handlers are made with: notes each call in the world, and fails where the world says so. */
export function controlImplementer(world: ScriptedWorld) {
  return implement(contract).use(async ({ path, next }, input) => {
    const name = path.join('.');
    world.calls.push({ path: name, input });
    const trouble = world.failures.get(name);
    if (trouble !== undefined) {
      throw new ORPCError(trouble.code ?? 'internal', {
        status: 502,
        message: trouble.message,
        data: trouble,
      });
    }
    return next();
  });
}

export type ControlImplementer = ReturnType<typeof controlImplementer>;
