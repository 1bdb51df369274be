import { networkInterfaces } from 'node:os';

/** The addresses of this machine under which others may reach it: IPv4 first, those of this machine alone last. */
export function ownAddresses(interfaces = networkInterfaces()): string[] {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  // A link-local IPv6 address means nothing without the zone of whoever uses it.
  const usable = all.filter(({ address }) => !/^fe80:/i.test(address));
  const rank = ({ internal, family }: (typeof usable)[number]): number =>
    (internal ? 2 : 0) + (family === 'IPv4' ? 0 : 1);
  return usable.toSorted((one, other) => rank(one) - rank(other)).map(({ address }) => address);
}
