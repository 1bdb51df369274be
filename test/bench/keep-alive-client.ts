import { Agent, get } from 'node:http';

export interface KeepAliveClient extends Disposable {
  /** @throws Error where the connection breaks, the answer takes longer than 10 s, or the signal aborts */
  get(url: string, headers: Readonly<Record<string, string>>): Promise<{ status: number; body: string }>;
}

const timeoutMs = 10_000;

/** An HTTP client with one connection that stays open, as a browser or a service has it. */
export function openKeepAliveClient(signal: AbortSignal): KeepAliveClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    get: (url, headers) =>
      new Promise((resolve, reject) => {
        const request = get(url, { agent, headers, signal, timeout: timeoutMs }, (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (text: string) => (body += text));
          response.once('error', reject);
          response.once('end', () => {
            resolve({ status: response.statusCode ?? 0, body });
          });
        });
        request.once('error', reject);
        request.once('timeout', () => {
          request.destroy(new Error(`${url} was silent for ${timeoutMs} ms.`));
        });
      }),
    [Symbol.dispose]: () => {
      agent.destroy();
    },
  };
}
