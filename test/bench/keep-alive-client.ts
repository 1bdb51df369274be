import { Agent, get } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Of the body. */
  readonly bytes: number;
  /** Empty where only its length was wanted. */
  readonly body: Buffer;
}

export interface GetOptions {
  /** Counts the bytes of the body and throws them away, so that the client costs little. Default false. */
  readonly discards?: boolean;
}

export interface KeepAliveClient extends Disposable {
  /** @throws Error where the connection breaks, nothing comes for `silenceMs`, or the signal aborts */
  get(url: string, headers: Readonly<Record<string, string>>, options?: GetOptions): Promise<Answer>;
}

export interface KeepAliveOptions {
  /** How many connections it opens at most; further requests wait for one. Default 1. */
  readonly connections?: number;
  /** Milliseconds without a byte after which an answer is given up (10,000). */
  readonly silenceMs?: number;
}

/** An HTTP client whose connections stay open, as a browser or a service has them. */
export function openKeepAliveClient(signal: AbortSignal, options: KeepAliveOptions = {}): KeepAliveClient {
  const { connections = 1, silenceMs = 10_000 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    get: (url, headers, { discards = false } = {}) =>
      new Promise((resolve, reject) => {
        const request = get(url, { agent, headers, signal, timeout: silenceMs }, (response) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (!discards) chunks.push(chunk);
          });
          response.once('error', reject);
          response.once('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              contentType: response.headers['content-type'] ?? '',
              bytes,
              body: Buffer.concat(chunks),
            });
          });
        });
        request.once('error', reject);
        request.once('timeout', () => {
          request.destroy(new Error(`${url} was silent for ${silenceMs} ms.`));
        });
      }),
    [Symbol.dispose]: () => {
      agent.destroy();
    },
  };
}
