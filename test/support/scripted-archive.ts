import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Peer } from './dcmtk-tools.ts';
import { ScriptedAssociation } from './scripted-association.ts';

/** Plays the archive for one connection; `index` counts them from 0. The connection ends with it. */
export type Script = (association: ScriptedAssociation, index: number) => Promise<void>;

export interface ScriptedArchive extends Peer, AsyncDisposable {
  /** Connections that were opened so far. */
  readonly connectionsSeen: number;
  /** Connections that are open now: 0 where the peer has let go of everything. */
  readonly openConnections: number;
  /** Waits until every connection is closed. Throws where one is still open after `withinMs` (5000). */
  untilIdle(withinMs?: number): Promise<void>;
}

/**
 * Listens on a free loopback port and lets `script` play the archive. Disposal closes every
 * connection and throws what a script threw, so that a script that saw something unexpected fails
 * its test.
 */
export async function startScriptedArchive(script: Script, aeTitle = 'SCRIPTED'): Promise<ScriptedArchive> {
  const sockets = new Set<Socket>();
  const failures: unknown[] = [];
  const scripts: Promise<void>[] = [];
  let seen = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const index = seen;
    seen += 1;
    scripts.push(play(script, new ScriptedAssociation(socket), index, failures));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await Promise.all(scripts);
    if (failures.length > 0) throw new AggregateError(failures, `A script failed: ${String(failures[0])}`);
  };
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    aeTitle,
    get connectionsSeen() {
      return seen;
    },
    get openConnections() {
      return sockets.size;
    },
    untilIdle: (withinMs = 5000) => untilEmpty(sockets, withinMs),
    [Symbol.asyncDispose]: stop,
  };
}

async function play(
  script: Script,
  association: ScriptedAssociation,
  index: number,
  failures: unknown[],
): Promise<void> {
  try {
    await script(association, index);
  } catch (error) {
    failures.push(error);
  } finally {
    association.end();
  }
}

async function untilEmpty(sockets: ReadonlySet<Socket>, withinMs: number): Promise<void> {
  const limit = Date.now() + withinMs;
  while (sockets.size > 0) {
    if (Date.now() > limit)
      throw new Error(`${sockets.size} connections are still open after ${withinMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
