import type { Property, SettingValues } from './schema.ts';

/** An address on which the gateway listens, by the settings that give it. */
export interface Listener {
  readonly port: Extract<Property, 'http.port' | 'scp.local_port' | 'control.port'>;
  readonly host: Extract<Property, 'http.host' | 'scp.local_host' | 'control.host'>;
}

const listeners: readonly Listener[] = [
  { port: 'http.port', host: 'http.host' },
  { port: 'scp.local_port', host: 'scp.local_host' },
  { port: 'control.port', host: 'control.host' },
];

/** A setting that is wrong or missing is left out. */
type ListenerValues = Partial<Pick<SettingValues, Listener['port'] | Listener['host']>>;

/** The pairs of listeners (HTTP server, C-STORE SCP, control API) that would share an address and port. */
export function clashingListeners(values: ListenerValues): (readonly [Listener, Listener])[] {
  return listeners.flatMap((one, index) =>
    listeners
      .slice(index + 1)
      .filter((other) => clash(one, other, values))
      .map((other) => [one, other] as const),
  );
}

function clash(one: Listener, other: Listener, values: ListenerValues): boolean {
  const port = values[one.port];
  if (port === undefined || port === 0 || port !== values[other.port]) return false;
  return overlap(values[one.host], values[other.host]);
}

function overlap(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return addresses(one).some((a) => addresses(other).some((b) => a === b || covers(a, b) || covers(b, a)));
}

/** The addresses that a host name is known to stand for: itself, and both loopbacks for localhost. */
function addresses(host: string): readonly string[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' ? ['127.0.0.1', '::1'] : [name];
}

/** True where `any` stands for every address, `one` being among them. An IPv6 socket takes IPv4 too. */
function covers(any: string, one: string): boolean {
  return any === '::' || (any === '0.0.0.0' && !one.includes(':'));
}
