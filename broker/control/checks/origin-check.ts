import type { RequestHandler } from 'express';
import { BrokerError } from '../../domain/errors.ts';

/**
 * Refuses requests of web pages that are not our own. There is no CORS: no other page may read or send
 * anything here, and the answer to a preflight says so. Stands behind the check of the Host header, which
 * makes the header's value one of ours.
 */
export function originCheck(): RequestHandler {
  return (request, _response, next) => {
    const { origin, host = '' } = request.headers;
    // A proxy in front may speak TLS.
    const isOwn = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
    next(isOwn ? undefined : foreignPage(`of ${JSON.stringify(origin.slice(0, 80))}`));
  };
}

/**
 * Refuses what a browser says that a page of another site asks for (Fetch Metadata), also where it sends no
 * Origin: a picture, a script, a link that leads into the API. Clients that are no browsers send no such header.
 */
export function fetchSiteCheck(): RequestHandler {
  return (request, _response, next) => {
    const site = request.headers['sec-fetch-site'];
    const isForeign = site === 'cross-site' || site === 'same-site';
    next(isForeign ? foreignPage('of another site') : undefined);
  };
}

function foreignPage(which: string): BrokerError {
  return new BrokerError('forbidden', `A web page ${which} may not use the control API.`, {
    remedy: 'Open the page that this gateway serves itself.',
  });
}
