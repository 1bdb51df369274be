import { implement } from '@orpc/server';
import { contract } from '../contract/contract.ts';
import type { ControlServices } from '../control-services.ts';
import { counterpartPage } from '../settings/counterpart-page.ts';
import { ownAddresses } from '../settings/own-addresses.ts';

const settings = implement(contract.settings);

/** The settings: reading, checking, saving, and what follows from them for the other side. */
export function settingsHandlers({ settings: access }: ControlServices) {
  return {
    get: settings.get.handler(() => access.describe()),
    validate: settings.validate.handler(({ input }) => access.validate(input.changes)),
    save: settings.save.handler(({ input }) => access.save(input.changes)),
    addArchive: settings.addArchive.handler(({ input }) => access.addArchive(input.name, input.changes)),
    removeArchive: settings.removeArchive.handler(({ input }) => access.removeArchive(input.name)),
    orderArchives: settings.orderArchives.handler(({ input }) => access.orderArchives(input.names)),
    export: settings.export.handler(() => access.export()),
    import: settings.import.handler(({ input }) => access.import(input)),
    reset: settings.reset.handler(({ input }) => access.reset(input.properties)),
    counterpart: settings.counterpart.handler(({ input }) =>
      counterpartPage(input.name, access.describe(), ownAddresses()),
    ),
  };
}
