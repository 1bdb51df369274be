import { formatStatus } from '../../domain/dimse-status.ts';
import type { BrokerError } from '../../domain/errors.ts';
import type { CheckAddress, CheckStepName, CheckTrouble, RegisterRow } from './check-event.ts';
import type { ReceiverPlace } from './check-receiver.ts';

/** An error as a step shows it. */
export function troubleOf(error: BrokerError): CheckTrouble {
  const { message, code, remedy, dimseStatus } = error;
  return {
    message,
    code,
    ...(remedy === undefined ? {} : { remedy }),
    ...(dimseStatus === undefined ? {} : { dimseStatus: formatStatus(dimseStatus) }),
  };
}

/** What to do where an error does not say it by itself, for it depends on what was being tried. */
export function stepTrouble(step: CheckStepName, error: BrokerError, address: CheckAddress): CheckTrouble {
  const trouble = troubleOf(error);
  if (trouble.remedy !== undefined) return trouble;
  const remedy = remedies(address)[`${step} ${error.code}`];
  return remedy === undefined ? trouble : { ...trouble, remedy };
}

function remedies({ port, callingAeTitle }: CheckAddress): Readonly<Record<string, string>> {
  const logs = `Look in the archive's log for what it says about ${callingAeTitle} at this moment.`;
  return {
    'associate association-aborted': `Check that ${port} is the DICOM port and not another one of the archive, such as that of its web server. Some archives also hang up on those whom they do not know: ask its administrator to register ${callingAeTitle}.`,
    'echo association-aborted': logs,
    'echo archive-timeout': logs,
    'echo archive-refused': logs,
    'find association-aborted': `Some archives hang up on those who may not query: ask its administrator to register ${callingAeTitle}, with the right to query. ${logs}`,
    'find archive-timeout': `The archive may be very busy, or search all that it has: try again, or ask its administrator. ${logs}`,
    'find archive-refused': `Ask the archive's administrator whether ${callingAeTitle} may query. ${logs}`,
    'retrieve configuration':
      'Most likely another program on this machine uses that port: end it, or receive on another port and have that one registered at the archive.',
    'retrieve association-aborted': logs,
    'retrieve archive-refused': logs,
    'retrieve archive-timeout': `The archive may be fetching the image from slow storage, or trying to reach us where we are not: ask its administrator which address and port it has for us. ${logs}`,
  };
}

/** Our address on the way to the archive, as it is written: IPv4 inside IPv6 is IPv4. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** What the other side enters so that it knows who asks, and where images go. */
export function toRegister(
  address: CheckAddress,
  localAddress: string | undefined,
  place: ReceiverPlace | undefined,
): RegisterRow[] {
  const rows: RegisterRow[] = [{ label: 'AE title that asks', value: address.callingAeTitle }];
  if (place !== undefined) {
    rows.push(
      { label: 'AE title that receives images', value: place.aeTitle },
      { label: 'Port that receives images', value: String(place.port) },
    );
  }
  if (localAddress !== undefined) {
    rows.splice(1, 0, { label: 'Address of this machine', value: plainAddress(localAddress) });
  }
  return rows;
}
