import { implement } from '@orpc/server';
import { isArchiveName } from '../../cache/instance-path.ts';
import { BrokerError } from '../../domain/errors.ts';
import { parseUid, type Uid } from '../../domain/uid.ts';
import { viewerUrl } from '../../domain/viewer-url.ts';
import { contract } from '../contract/contract.ts';
import type { ControlServices, GatewayParts } from '../control-services.ts';
import { ownAddresses } from '../settings/own-addresses.ts';
import { readySettings } from '../viewers/ready-settings.ts';
import { isServedToNetwork, serviceUrls } from '../viewers/service-urls.ts';
import { checkViewerOrigin } from '../viewers/viewer-origin-check.ts';
import { runningGateway } from './running-gateway.ts';

const viewers = implement(contract.viewers);

/** What viewers need to know of the gateway, and which of them may use it. */
export function viewersHandlers(services: ControlServices) {
  return {
    settings: viewers.settings.handler(() => {
      const parts = runningGateway(services);
      const note = networkNote(parts);
      return readySettings(serviceUrls(parts)).map((one) => ({
        ...one,
        explanation: note === '' ? one.explanation : `${one.explanation} ${note}`,
      }));
    }),
    checkOrigin: viewers.checkOrigin.handler(({ input }) =>
      checkViewerOrigin(runningGateway(services), input.origin),
    ),
    address: viewers.address.handler(({ input }) => {
      const parts = runningGateway(services);
      const study = parseUid(input.study, 'The study');
      if (!isArchiveName(input.archive)) {
        throw new BrokerError(
          'bad-request',
          `${JSON.stringify(input.archive)} cannot be the name of an archive.`,
        );
      }
      const patientId = input.patientId ?? patientIdOf(parts, input.archive, study);
      const url = viewerUrl(parts.config.control.viewerUrl, { archive: input.archive, study, patientId });
      return url === undefined ? {} : { url };
    }),
  };
}

function patientIdOf({ cache }: GatewayParts, archive: string, study: Uid): string {
  return cache.catalogue.study(archive, study)?.patientId ?? '';
}

function networkNote(parts: GatewayParts): string {
  if (!isServedToNetwork(parts)) return '';
  const [address] = ownAddresses();
  return `On other machines, ${address ?? 'the address of this one'} takes the place of localhost.`;
}
