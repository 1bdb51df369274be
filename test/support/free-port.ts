import { createServer } from 'node:net';

/** Ports that this process has already given out: each is given once. */
const givenOut = new Set<number>();

// Below the range that Linux takes ports of outgoing connections from (32768 and up), so that none
// of those can take a port between the moment it was found free and the moment a server binds it.
const lowest = 20_000;
const count = 12_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * A TCP port that nothing listens on, for a server that must be told its port beforehand.
 * @throws Error where a hundred tries found none
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * count);
    if (givenOut.has(port)) continue;
    givenOut.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free TCP port was found from ${lowest} to ${lowest + count - 1}.`);
}
