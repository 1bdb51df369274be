import { dirname } from 'node:path';
import { implement } from '@orpc/server';
import { BrokerError } from '../../domain/errors.ts';
import { contract } from '../contract/contract.ts';
import type { ControlServices } from '../control-services.ts';

const host = implement(contract.host);

/** What only the host can do: choosing and showing folders, starting at login. */
export function hostHandlers(services: ControlServices) {
  return {
    get: host.get.handler(() => services.host.abilities()),
    chooseFolder: host.chooseFolder.handler(async ({ input }) => {
      const path = await services.host.chooseFolder(input.startAt);
      return path === undefined ? {} : { path };
    }),
    openFolder: host.openFolder.handler(async ({ input }) => {
      await services.host.openFolder(folderOf(services, input.which));
    }),
    startAtLogin: host.startAtLogin.handler(async ({ input }) => {
      await services.host.startAtLogin(input.enabled);
      return services.host.abilities();
    }),
  };
}

/** Folders are named by what they are for: a path from the network opens nothing. */
function folderOf(services: ControlServices, which: 'cache' | 'log' | 'settings'): string {
  if (which === 'settings') return dirname(services.settings.describe().storePath);
  const { parts } = services.lifecycle;
  if (which === 'cache')
    return present(parts?.cache.directory, 'The gateway does not run: there is no cache.');
  const file = parts?.config.log.file;
  return dirname(
    present(file === '' ? undefined : file, 'The log is not written to a file (log.file is empty).'),
  );
}

function present(path: string | undefined, otherwise: string): string {
  if (path === undefined) throw new BrokerError('not-found', otherwise);
  return path;
}
