import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from '../../broker/control/contract/contract.ts';

export type ControlClient = ContractRouterClient<typeof contract>;

/** The control API at `url`, which ends with a slash, as the desktop's own process calls it: the same that the window and scripts have. */
export function controlClient(url: string, token: string): ControlClient {
  return createORPCClient(new RPCLink({ url: `${url}rpc`, headers: { authorization: `Bearer ${token}` } }));
}
