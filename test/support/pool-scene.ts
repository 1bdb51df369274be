import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { AssociationPool, type PoolOptions } from '../../broker/dimse/association-pool.ts';
import { echoScu } from '../../broker/dimse/echo-scu.ts';
import { Permits } from '../../broker/dimse/permits.ts';
import { associationRequest } from './association-request.ts';
import { openResources, untilReleased } from './open-resources.ts';
import { type Script, type ScriptedArchive, startScriptedArchive } from './scripted-archive.ts';

export interface Scene extends AsyncDisposable {
  readonly archive: ScriptedArchive;
  readonly permits: Permits;
  readonly changes: string[];
  readonly pool: AssociationPool;
  another(options?: Partial<PoolOptions>): AssociationPool;
}

/** Pools with one archive that share permits; on disposal all must be given back and nothing be open. */
export async function startScene(
  script: Script,
  limit = 1,
  options: Partial<PoolOptions> = {},
): Promise<Scene> {
  const archive = await startScriptedArchive(script);
  const before = openResources();
  const permits = new Permits(limit, 'archive SCRIPTED');
  const changes: string[] = [];
  const pools: AssociationPool[] = [];
  const another = (more: Partial<PoolOptions> = {}): AssociationPool => {
    const pool = new AssociationPool({
      request: associationRequest(archive),
      permits,
      queueTimeoutMs: 2_000,
      idleTimeoutMs: 10_000,
      onChange: (change) => changes.push(change),
      ...options,
      ...more,
    });
    pools.push(pool);
    return pool;
  };
  const pool = another();
  return {
    archive,
    permits,
    changes,
    pool,
    another,
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map((one) => one.stop()));
      await archive.untilIdle();
      expect(permits).toMatchObject({ taken: 0, queued: 0 });
      expect(pools.map((one) => one.size)).toEqual(pools.map(() => 0));
      expect(changes.filter((change) => change === 'opened')).toHaveLength(changes.length / 2);
      await untilReleased(before);
      await archive[Symbol.asyncDispose]();
    },
  };
}

/** Answers C-ECHO after a while until the association ends. */
export function echoing(afterMs = 0): Script {
  return async (association) => {
    await association.accept();
    for (;;) {
      const incoming = await association.read();
      if (incoming.kind === 'release') await association.acknowledgeRelease();
      if (incoming.kind !== 'message') return;
      await sleep(afterMs);
      await association.respond(incoming, 0);
    }
  };
}

/** A C-ECHO on an association of the pool. */
export function echo(pool: AssociationPool, signal?: AbortSignal): Promise<number> {
  return pool.use((association) => echoScu(association, 500, signal), signal);
}
