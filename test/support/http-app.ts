import { type IncomingHttpHeaders, type RequestListener, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server of a request listener, on a free loopback port. */
export interface HttpApp extends AsyncDisposable {
  readonly port: number;
  readonly origin: string;
}

export async function startHttpApp(listener: RequestListener): Promise<HttpApp> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came, without decompression. */
  readonly body: Buffer;
  /** True where the connection ended before the answer was whole. */
  readonly isBroken: boolean;
}

/** One request as it stands, with the headers that are given and no others; browsers' fetch forbids some. */
export function ask(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Readonly<Record<string, string>>; body?: string } = {},
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false, signal: AbortSignal.timeout(20_000) });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.once('close', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          isBroken: !response.complete,
        });
      });
    });
    sent.end(body);
  });
}
