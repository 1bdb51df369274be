import type { IncomingMessage } from 'node:http';

/** How long the body of a request may take that no route asked for, or that has been answered. */
const unwantedBodyMs = 300_000;
/** How long a client may go on sending after it has been answered. */
const lingerMs = 10_000;

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** Gives a request a time for its whole body, after which its connection is closed. */
export function startBodyDeadline(request: IncomingMessage, timeoutMs = unwantedBodyMs): void {
  liftBodyDeadline(request);
  const hasBody = request.headers['transfer-encoding'] ?? Number(request.headers['content-length'] ?? 0);
  if (request.complete || hasBody === 0) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, timeoutMs);
  timer.unref();
  deadlines.set(request, timer);
  request.once('close', () => {
    liftBodyDeadline(request);
  });
}

/** For a route that has limits of its own. */
export function liftBodyDeadline(request: IncomingMessage): void {
  clearTimeout(deadlines.get(request));
  deadlines.delete(request);
}

/**
 * Reads over what is left of a body, so that a client which is still sending gets to read the answer: a
 * connection that is closed with bytes unread is reset, and the answer lost.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  startBodyDeadline(request, lingerMs);
  request.resume();
}
