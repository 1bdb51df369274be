import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
// The type only: the schemas themselves would bring their whole library into the page.
import type { contract } from '../../broker/control/contract/contract.ts';
import { session } from './session.svelte.ts';

const refusedText =
  'It changes with each start of the desktop app, and with the setting control.token of a service.';

const link = new RPCLink({
  url: () => new URL('rpc', document.baseURI).href,
  headers: () => ({ authorization: `Bearer ${session.token}` }),
  async fetch(request, init) {
    const askedWith = session.token;
    const response = await globalThis.fetch(request, { ...init, credentials: 'omit', cache: 'no-store' });
    if (response.status === 401 && session.token === askedWith) session.refuse(refusedText);
    return response;
  },
});

/** The control API. Every call takes `{ signal }` as its second argument; `troubleOf` says what went wrong. */
export const api: ContractRouterClient<typeof contract> = createORPCClient(link);
