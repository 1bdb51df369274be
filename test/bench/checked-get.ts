import type { Answer, KeepAliveClient } from './keep-alive-client.ts';

export interface CheckedRequest {
  readonly url: string;
  readonly accept: string;
  /** The answer is broken where it is shorter. */
  readonly minBytes: number;
  /** Only the length of the body is wanted. */
  readonly discards?: boolean;
}

/**
 * Asks for something and sees at a glance that it came.
 * @throws Error where it is not answered with 200 and enough bytes
 */
export async function checkedGet(
  client: KeepAliveClient,
  { url, accept, minBytes, discards = false }: CheckedRequest,
): Promise<Answer> {
  const answer = await client.get(url, { accept }, { discards });
  if (answer.status !== 200 || answer.bytes < minBytes) {
    const text = answer.body.toString('utf8', 0, 300);
    throw new Error(`${url} answered ${answer.status}, ${answer.bytes} bytes: ${text}`);
  }
  return answer;
}
