import { studyAccept } from './download.ts';
import type { StudySet } from './study-sets.ts';

/**
 * Counts the parts of a multipart body as it comes in (RFC 2046 section 5.1.1). The boundary must not
 * occur within the parts.
 */
export class PartCounter {
  readonly #delimiter: Buffer;
  #delimiters = 0;
  /** The end of what came, shorter than a delimiter. */
  #rest = Buffer.alloc(0);
  #end = Buffer.alloc(0);
  bytes = 0;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`--${boundary}`, 'latin1');
  }

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const text = Buffer.concat([this.#rest, chunk]);
    let position = 0;
    for (;;) {
      const found = text.indexOf(this.#delimiter, position);
      if (found < 0) break;
      this.#delimiters += 1;
      position = found + this.#delimiter.length;
    }
    this.#rest = text.subarray(Math.max(position, text.length - this.#delimiter.length + 1));
    this.#end = Buffer.concat([this.#end, chunk.subarray(-64 - this.#delimiter.length)]).subarray(
      -4 - this.#delimiter.length,
    );
  }

  /**
   * Parts between the delimiters.
   * @throws Error where the body does not end with the closing delimiter
   */
  parts(): number {
    const closing = `${this.#delimiter.toString('latin1')}--`;
    if (!this.#end.toString('latin1').trimEnd().endsWith(closing)) {
      throw new Error('The multipart body does not end with its closing delimiter.');
    }
    return this.#delimiters - 1;
  }
}

/**
 * Fetches a study and sees that it is whole, so that no broken answer counts as a fast one.
 * @throws Error where the answer is not 200, or not one part for each instance with enough bytes in all
 */
export async function checkStudyAnswer(url: string, set: StudySet, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { headers: { Accept: studyAccept }, signal });
  const type = response.headers.get('content-type') ?? '';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (response.status !== 200 || boundary === undefined || response.body === null) {
    const text = (await response.text()).slice(0, 500);
    throw new Error(`${url} answered ${response.status}, "${type}": ${text}`);
  }
  const counter = new PartCounter(boundary);
  for await (const chunk of response.body) counter.add(chunk as Uint8Array);
  const parts = counter.parts();
  if (parts !== set.instances.length || counter.bytes < set.dataSetBytes) {
    throw new Error(
      `${url} answered ${parts} parts, ${counter.bytes} bytes; the study has ${set.instances.length} instances of ${set.dataSetBytes} bytes.`,
    );
  }
}
