import { readFile, readdir } from 'node:fs/promises';
import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative } from 'node:path';
import { RPCHandler } from '@orpc/server/node';
import { builtRenderer } from './built-renderer.ts';
import { scriptedRouter } from './scripted-router.ts';
import { ScriptedWorld } from './scripted-world.ts';

/** A control server that plays what a test tells it, and serves the built user interface. */
export interface ScriptedControl extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  readonly origin: string;
  /** The address with the token, as a host opens it. */
  readonly url: string;
  readonly world: ScriptedWorld;
  /** Refuses connections and cuts those that are open, until `listen`. */
  cut(): Promise<void>;
  listen(): Promise<void>;
}

export const scriptedToken = 'token-of-a-test';

/** No exception at all, not even for styles of single elements: stricter than what the gateway sends. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
  "form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** @param port a fixed one, for looking at it by hand; else a free one */
export async function startScriptedControl(port = 0): Promise<ScriptedControl> {
  const files = await readFiles(await builtRenderer());
  const world = new ScriptedWorld();
  const rpc = new RPCHandler(scriptedRouter(world));
  const answer: RequestListener = (request, response) => {
    response.setHeader('Content-Security-Policy', policy);
    void answerRequest(request, response, { files, rpc }).catch(() => response.destroy());
  };
  const server = createServer(answer);
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  await listen(port);
  const { port: taken } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${taken}`;
  return {
    origin,
    url: `${origin}/#token=${scriptedToken}`,
    world,
    cut,
    listen: () => listen(taken),
    [Symbol.asyncDispose]: cut,
  };
}

interface Parts {
  readonly files: ReadonlyMap<string, { readonly body: Buffer; readonly contentType: string }>;
  readonly rpc: RPCHandler<object>;
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { files, rpc }: Parts,
): Promise<void> {
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  if (path.startsWith('/rpc/')) {
    if (request.headers.authorization === `Bearer ${scriptedToken}`) {
      await rpc.handle(request, response, { prefix: '/rpc' });
      return;
    }
    const message = 'The token is wrong.';
    const body = { json: { code: 'unauthorized', status: 401, message, data: { message } }, meta: [] };
    response.writeHead(401, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    return;
  }
  const file = files.get(path === '/' ? '/index.html' : path);
  if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'Content-Type': file.contentType }).end(file.body);
}

async function readFiles(directory: string): Promise<Parts['files']> {
  const files = new Map<string, { body: Buffer; contentType: string }>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const contentType = contentTypes[extname(path)] ?? 'application/octet-stream';
    files.set(`/${relative(directory, path)}`, { body: await readFile(path), contentType });
  }
  return files;
}
