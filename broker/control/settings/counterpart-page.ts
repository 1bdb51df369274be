import { BrokerError } from '../../domain/errors.ts';
import { defaultArchive } from '../../config/archive-name.ts';
import { isLoopback } from '../../config/loopback.ts';
import type { CounterpartPage, DescribedSettings } from '../contract/settings.ts';

type Row = CounterpartPage['rows'][number];

const notSet = 'not set yet';

/**
 * What the admin of an archive has to register there, from the settings as they are saved.
 * @param addresses of this machine, those first that others reach
 * @throws BrokerError `not-found` where there is no such archive
 */
export function counterpartPage(
  archive: string,
  described: DescribedSettings,
  addresses: readonly string[],
): CounterpartPage {
  if (!described.archives.includes(archive))
    throw new BrokerError('not-found', `There is no archive ${archive.slice(0, 64)}.`);
  const values = new Map(described.settings.map(({ property, value }) => [property, value]));
  const shared = (property: string): string => String(values.get(property) ?? notSet);
  const own = (property: string): string =>
    shared(archive === defaultArchive ? property : `archives.${archive}.${property}`);
  const address = reachableAt(shared('scp.local_host'), addresses);
  const [first = notSet] = address;
  const receiving = shared('scp.local_ae');
  const port = shared('scp.local_port');
  const isByGet = own('wado.retrieve_method') === 'c-get';
  return {
    archive,
    rows: [
      { label: 'AE title that receives images', value: receiving, note: 'C-STORE SCP, C-ECHO SCP' },
      {
        label: address.length > 1 ? 'Its addresses' : 'Its address',
        value: address.join(', '),
        ...(address.length > 1 ? { note: 'The one that the archive reaches.' } : {}),
      },
      { label: 'Its port', value: port },
      {
        label: 'Move destination',
        value: isByGet ? 'not needed' : `${receiving} at ${first}, port ${port}`,
        note: isByGet
          ? 'Images are asked for by C-GET.'
          : 'Register this AE title with address and port as a destination of C-MOVE, and let it receive all kinds of images.',
      },
      ...askingTitles(own),
      {
        label: 'What we ask',
        value: 'C-ECHO, C-FIND, C-MOVE, C-GET, C-STORE',
        note: 'Study Root Query/Retrieve; storage of what viewers send.',
      },
      {
        label: 'Transfer syntaxes that we take',
        value: 'all of the standard, compressed or not',
        note: 'Send images as they are stored, without converting them.',
      },
      {
        label: 'Where we ask',
        value: `${own('qido.remote_ae')} at ${own('qido.remote_host')}, port ${own('qido.remote_port')}`,
        note: 'The archive’s own AE title, as we have it. Compare it.',
      },
    ],
  };
}

/** The AE titles under which we ask, each once, with what it is used for. */
function askingTitles(own: (property: string) => string): Row[] {
  const uses = [
    { title: own('qido.local_ae'), use: 'queries (C-FIND)' },
    { title: own('wado.local_ae'), use: 'retrieval (C-MOVE, C-GET)' },
    { title: own('stow.local_ae'), use: 'storing (C-STORE)' },
  ];
  return [...Map.groupBy(uses, ({ title }) => title)].map(([title, same]) => ({
    label: 'AE title that asks',
    value: title,
    note: `For ${same.map(({ use }) => use).join(', ')}. Let it query and retrieve.`,
  }));
}

/** Where others find the storage SCP: the one address that it listens on, or every one of this machine. */
function reachableAt(host: string, addresses: readonly string[]): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const fitting = addresses.filter((address) => host === '::' || !address.includes(':'));
  const reachable = fitting.filter((address) => !isLoopback(address));
  return reachable.length > 0 ? reachable : fitting.slice(0, 1);
}
