import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { BrokerError } from '../../domain/errors.ts';
import type { Logger } from '../../observe/logger.ts';
import type { TokenGate } from './token-gate.ts';

/** Answers to wrong tokens that wait at the same time; further ones are given at once. */
const maxWaiting = 64;

/**
 * Lets through what shows the token as `Authorization: Bearer …` (RFC 6750). A wrong one is answered late,
 * and logged with its address and without the token.
 */
export function tokenCheck(gate: TokenGate, logger: Logger): RequestHandler {
  let waiting = 0;
  return async (request, response, next) => {
    const token = bearerToken(request);
    if (token === undefined) {
      next(unauthorized(response, 'The control API wants a token.'));
      return;
    }
    const peer = request.socket.remoteAddress ?? '';
    const verdict = gate.judge(peer, token);
    if (verdict.kind === 'right') {
      next();
      return;
    }
    if (verdict.kind === 'too many') {
      response.setHeader('Retry-After', String(verdict.retryAfterInSecs));
      next(
        new BrokerError('busy', 'Too many wrong tokens came from this address.', {
          remedy: `Wait ${verdict.retryAfterInSecs} s, then sign in with the right token.`,
          retryAfterInSecs: verdict.retryAfterInSecs,
        }),
      );
      return;
    }
    logger.warn({ peer, attempts: verdict.guesses }, 'Somebody showed a wrong token to the control API.');
    if (waiting < maxWaiting) {
      waiting += 1;
      try {
        await sleepUntilGone(verdict.waitMs, response);
      } finally {
        waiting -= 1;
      }
    }
    next(unauthorized(response, 'The token is wrong.'));
  };
}

/** The token of a request, or undefined where it shows none. */
function bearerToken(request: Request): string | undefined {
  return /^Bearer +([^\s]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
}

async function sleepUntilGone(ms: number, response: Response): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => {
    gone.abort();
  };
  response.once('close', leave);
  try {
    await sleep(ms, undefined, { signal: gone.signal });
  } catch {
    // The client has left: there is nobody to answer.
  } finally {
    response.off('close', leave);
  }
}

function unauthorized(response: Response, message: string): BrokerError {
  response.setHeader('WWW-Authenticate', 'Bearer');
  return new BrokerError('unauthorized', message, {
    remedy:
      'Open the interface with the link that the gateway gives at its start, or send the token as Authorization: Bearer.',
  });
}
