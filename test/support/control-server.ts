import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from '../../broker/control/contract/contract.ts';
import type { ControlServices } from '../../broker/control/control-services.ts';
import { ControlServer, type ControlServerOptions } from '../../broker/control/control-server.ts';
import { type PlainAnswer, ask } from './http-app.ts';

export type ControlClient = ContractRouterClient<typeof contract>;

export interface StartedControlServer extends AsyncDisposable {
  /** Ends with a slash. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly server: ControlServer;
  readonly client: ControlClient;
  /** One request with the token, unless the headers say otherwise. */
  ask(path: string, init?: Parameters<typeof ask>[1]): Promise<PlainAnswer>;
}

export const controlToken = 'a token that is long enough'.replaceAll(' ', '-');

/** A control server of the services on a free loopback port, and a client of it. */
export async function startControlServer(
  services: ControlServices,
  options: Partial<Omit<ControlServerOptions, 'services'>> = {},
): Promise<StartedControlServer> {
  const token = options.token ?? controlToken;
  const server = new ControlServer({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    rendererDirectory: undefined,
    ...options,
    token,
    services,
  });
  const { url, port } = await server.start();
  const headers = { authorization: `Bearer ${token}` };
  return {
    url,
    port,
    token,
    server,
    client: createORPCClient(new RPCLink({ url: `${url}rpc`, headers })),
    ask: (path, init = {}) =>
      ask(new URL(path, url).href, { ...init, headers: { ...headers, ...init.headers } }),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
