import { ORPCError } from '@orpc/client';
import type { Trouble } from '../../broker/control/contract/gateway-state.ts';

/** What a call of the control API failed with, in plain words. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ORPCError) return ofAnswer(error);
  if (isAbort(error)) return { message: 'This was stopped before it ended.' };
  return {
    message: 'The gateway does not answer: the connection to it is lost.',
    remedy: 'See whether it still runs on its machine. This page connects again by itself.',
  };
}

/** Whether the gateway has answered, and said no; else it was not reached. */
export function isAnswer(error: unknown): boolean {
  return error instanceof ORPCError;
}

/** Whether a call ended since its signal was set off: nobody waits for it then. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function ofAnswer(error: ORPCError<string, unknown>): Trouble {
  if (isTrouble(error.data)) return error.data;
  if (error.status === 401) return { message: 'The gateway does not take the token of this window.' };
  if (error.status === 429) {
    return { message: 'The gateway was asked too often.', remedy: 'Wait a minute, then try again.' };
  }
  return {
    message: error.message === '' ? 'The gateway could not do this.' : error.message,
    code: error.code,
  };
}

function isTrouble(data: unknown): data is Trouble {
  return typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string';
}
