import { readySettings } from '../../../broker/control/viewers/ready-settings.ts';
import { controlImplementer } from './control-implementer.ts';
import { probeHandlers } from './scripted-archives.ts';
import { cacheHandlers } from './scripted-cache.ts';
import { logHandlers } from './scripted-log.ts';
import { queued } from './queue.ts';
import { settingsHandlers } from './settings-handlers.ts';
import type { ScriptedWorld } from './scripted-world.ts';

/** The whole contract over a world in memory. */
export function scriptedRouter(world: ScriptedWorld) {
  const control = controlImplementer(world);
  return control.router({
    state: {
      get: control.state.get.handler(() => world.state),
      events: control.state.events.handler(async function* ({ signal }) {
        yield { type: 'state' as const, state: world.state };
        yield* queued((push) => world.onEvent(push), signal);
      }),
      throughput: control.state.throughput.handler(() => world.throughput),
      restart: control.state.restart.handler(() => world.state),
    },
    retrievals: {
      cancel: control.retrievals.cancel.handler(({ input }) => {
        world.changed({ retrievals: world.state.retrievals.filter(({ id }) => id !== input.id) });
      }),
    },
    ...settingsHandlers(control, world),
    ...probeHandlers(control, world),
    cache: cacheHandlers(control, world),
    log: logHandlers(control, world),
    viewers: {
      settings: control.viewers.settings.handler(() => {
        const root = world.state.dicomweb?.url ?? '';
        return readySettings([{ archive: 'MAIN', root, wadoUri: `${root}/wado` }]);
      }),
      checkOrigin: control.viewers.checkOrigin.handler(({ input }) => {
        const allowed = world.settings.settings.find(({ property }) => property === 'http.allowed_origins');
        const mayRead =
          input.origin.startsWith('http://localhost') ||
          String(allowed?.value).split(', ').includes(input.origin);
        return {
          origin: input.origin,
          mayRead,
          mayStore: mayRead,
          explanation: mayRead
            ? 'Pages of this origin may read and store: it is in the list of allowed origins.'
            : 'Pages of this origin may not read: it is not in the list of allowed origins.',
          ...(mayRead ? {} : { entryToAdd: input.origin }),
        };
      }),
      address: control.viewers.address.handler(() => ({})),
    },
    host: {
      get: control.host.get.handler(() => world.host),
      chooseFolder: control.host.chooseFolder.handler(() => ({ path: '/data/cache' })),
      openFolder: control.host.openFolder.handler(() => undefined),
      startAtLogin: control.host.startAtLogin.handler(({ input }) => {
        world.host = { ...world.host, startsAtLogin: input.enabled };
        return world.host;
      }),
    },
  });
}
