import { combinedRootOf } from '../../config/archive-mounts.ts';
import type { GatewayParts } from '../control-services.ts';

/** Absolute URLs of the services of one archive, without slashes at their ends. */
export interface ServiceUrls {
  readonly archive: string;
  /** QIDO-RS, WADO-RS and STOW-RS: what viewers are given. */
  readonly root: string;
  readonly wadoUri: string;
}

type Places = Pick<GatewayParts, 'config' | 'addresses'>;

/** Where viewers reach the gateway: by its public URL, else by the address on which it listens. */
export function endpointUrl({ config, addresses }: Places): string {
  const { host, port } = addresses.http;
  return config.http.publicUrl === '' ? `http://${hostInUrl(host)}:${port}` : config.http.publicUrl;
}

export function serviceUrls(places: Places): ServiceUrls[] {
  const endpoint = endpointUrl(places);
  return places.config.archives.map(({ name }) => {
    const root = `${endpoint}${combinedRootOf(name)}`;
    return { archive: name, root, wadoUri: `${root}/wado` };
  });
}

/** True where it listens on all addresses of the machine, of which `localhost` is one. */
export function isServedToNetwork({ addresses, config }: Places): boolean {
  return config.http.publicUrl === '' && wildcards.has(addresses.http.host);
}

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function hostInUrl(host: string): string {
  if (wildcards.has(host) || host === '127.0.0.1') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
