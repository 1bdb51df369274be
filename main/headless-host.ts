import type { HostAbilities } from '../broker/control/contract/host.ts';
import type { HostCapabilities } from '../broker/control/control-services.ts';
import { BrokerError } from '../broker/domain/errors.ts';

const abilities: HostAbilities = {
  kind: 'headless',
  canChooseFolder: false,
  canOpenFolder: false,
  canStartAtLogin: false,
  startsAtLogin: false,
  canCheckForUpdates: false,
};

function notHere(): Promise<never> {
  return Promise.reject(
    new BrokerError(
      'not-supported',
      'The gateway runs without a window of its own here, and cannot do this.',
      {
        remedy: 'Do it on the machine that it runs on.',
      },
    ),
  );
}

/** What a host without a desktop can do for the user interface: nothing. */
export const headlessHost: HostCapabilities = {
  abilities: () => abilities,
  chooseFolder: notHere,
  openFolder: notHere,
  startAtLogin: notHere,
};
