import type { Archive } from '../../archive/archive.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { ControlServices, GatewayParts } from '../control-services.ts';

/** The parts of the gateway. @throws BrokerError `busy` while it does not run */
export function runningGateway({ lifecycle }: ControlServices): GatewayParts {
  const { parts, phase } = lifecycle;
  if (parts !== undefined) return parts;
  throw new BrokerError('busy', 'The gateway does not run at this moment.', {
    remedy:
      phase === 'starting'
        ? 'It is being started: try again in a few seconds.'
        : 'Look at the overview for the reason, mend it in the settings, and try again.',
  });
}

/** An archive of the settings by its name. @throws BrokerError `not-found`, `busy` */
export function configuredArchive(services: ControlServices, name: string): Archive {
  const archive = runningGateway(services).archives.find((candidate) => candidate.name === name);
  if (archive !== undefined) return archive;
  throw new BrokerError('not-found', `There is no archive ${JSON.stringify(name)} in the settings.`);
}
