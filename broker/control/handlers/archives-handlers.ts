import { implement } from '@orpc/server';
import { checkArchive } from '../../archive/check/archive-check.ts';
import type { ReceiverPlace } from '../../archive/check/check-receiver.ts';
import { contract } from '../contract/contract.ts';
import { troubleOf } from '../control-problem.ts';
import type { ControlServices } from '../control-services.ts';
import { configuredArchive } from './running-gateway.ts';

const archives = implement(contract.archives);
const usualScpPort = 11_112;
const never = new AbortController().signal;

/** Trying archives: one that is not saved yet step by step, and one of the settings by C-ECHO. */
export function archivesHandlers(services: ControlServices) {
  return {
    check: archives.check.handler(({ input, signal = never }) => {
      const { address, withRetrieve, until, receiver } = input;
      const place = receiverPlaceOf(services, receiver, address.callingAeTitle);
      return checkArchive({ address, withRetrieve, until, place, receiver: services.checkReceiver }, signal);
    }),
    ask: archives.ask.handler(async ({ input, signal = never }) => {
      const archive = configuredArchive(services, input.name);
      const { connectInMs, associateInMs, echoInMs, trace, error } = await archive.probe.echo(signal);
      if (error !== undefined) archive.noteEcho({ error });
      else if (echoInMs !== undefined) archive.noteEcho({ roundTripInMs: echoInMs });
      return {
        connectInMs,
        associateInMs,
        echoInMs,
        trace,
        ...(error === undefined ? {} : { trouble: troubleOf(error) }),
      };
    }),
  };
}

/** The storage SCP that runs, else as it is typed in, else as far as it is configured. */
function receiverPlaceOf(
  services: ControlServices,
  typed: Pick<ReceiverPlace, 'aeTitle' | 'port'> | undefined,
  callingAeTitle: string,
): ReceiverPlace {
  const { parts } = services.lifecycle;
  if (parts !== undefined) {
    const { localAe, localHost } = parts.config.scp;
    return { aeTitle: localAe, host: localHost, port: parts.addresses.scp.port };
  }
  const { settings } = services.settings.describe();
  const valueOf = (property: string): unknown =>
    settings.find((setting) => setting.property === property)?.value;
  const host = valueOf('scp.local_host');
  const aeTitle = valueOf('scp.local_ae');
  const port = valueOf('scp.local_port');
  return {
    host: typeof host === 'string' && host !== '' ? host : '0.0.0.0',
    aeTitle: typed?.aeTitle ?? (typeof aeTitle === 'string' && aeTitle !== '' ? aeTitle : callingAeTitle),
    port: typed?.port ?? (typeof port === 'number' && port > 0 ? port : usualScpPort),
  };
}
