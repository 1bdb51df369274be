import { readFile, readdir } from 'node:fs/promises';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative } from 'node:path';

export interface PageServer extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  readonly origin: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Serves the files that a directory holds now, on loopback. */
export async function startPageServer(directory: string): Promise<PageServer> {
  const files = new Map<string, { body: Buffer; contentType: string }>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const contentType = contentTypes[extname(path)] ?? 'application/octet-stream';
    files.set(`/${relative(directory, path)}`, { body: await readFile(path), contentType });
  }
  const answer: RequestListener = ({ url = '/' }, response) => {
    const file = files.get(url === '/' ? '/index.html' : url);
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': file.contentType }).end(file.body);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
