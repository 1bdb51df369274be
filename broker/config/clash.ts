import type { SettingValues } from './schema.ts';

/** The addresses on which the gateway listens; a setting that is wrong or missing is left out. */
type Listeners = Partial<
  Pick<SettingValues, 'http.host' | 'http.port' | 'scp.local_host' | 'scp.local_port'>
>;

/** True where the HTTP server and the C-STORE SCP would listen on the same address and port. */
export function listenersClash(values: Listeners): boolean {
  const port = values['http.port'];
  if (port === undefined || port === 0 || port !== values['scp.local_port']) return false;
  return overlap(values['http.host'], values['scp.local_host']);
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
