import { api } from 'dicomweb-client';
import type { ClientCall, ClientPart } from '../viewer-api.ts';

/** A part as the client has taken it apart. */
type DecodedPart = ArrayBuffer & { contentType?: string; transferSyntaxUID?: string | null };

/** Has npm's dicomweb-client ask a service; bytes go in and come out in base 64. */
export async function callClient(call: ClientCall): Promise<unknown> {
  const { root, method, options, files, singlepart = false } = call;
  const client = new api.DICOMwebClient({
    url: root,
    singlepart: singlepart ? 'bulkdata' : false,
    verbose: false,
  }) as unknown as Record<string, (options: unknown) => Promise<unknown>>;
  const datasets = files?.map((file) => Uint8Array.fromBase64(file).buffer);
  const answer = await client[method]!({
    ...options,
    ...(datasets === undefined ? {} : { datasets }),
  }).catch((error: unknown) => {
    throw new Error(`${method} failed: ${reasonOf(error)}`, { cause: error });
  });
  if (answer instanceof ArrayBuffer) return partOf(answer);
  if (!Array.isArray(answer)) return answer;
  return answer.map((one: unknown) => (one instanceof ArrayBuffer ? partOf(one) : one));
}

function reasonOf(error: unknown): string {
  const { status, response } = error as { status?: number; response?: unknown };
  const text = response instanceof ArrayBuffer ? new TextDecoder().decode(response) : response;
  return status === undefined ? String(error) : `${status} ${JSON.stringify(text)}`;
}

function partOf(part: DecodedPart): ClientPart {
  return {
    contentType: part.contentType ?? '',
    transferSyntax: part.transferSyntaxUID ?? '',
    base64: new Uint8Array(part).toBase64(),
  };
}
