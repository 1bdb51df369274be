import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../support/run-tool.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

export interface DownloadOptions {
  readonly url: string;
  /** The answer is broken where it is shorter. */
  readonly minBytes: number;
  /** Default: a study's instances. */
  readonly accept?: string;
  /** Where the body goes; default /dev/null. */
  readonly file?: string;
  readonly signal: AbortSignal;
}

export interface Download {
  readonly bytes: number;
  /** Milliseconds from the start of the curl process to its end. */
  readonly processMs: number;
  /** Milliseconds of the request alone, by curl's clock. */
  readonly requestMs: number;
}

/** What a viewer that takes whole studies asks for; every server of a comparison gets the same. */
export const studyAccept = 'multipart/related; type="application/dicom"';
const maxTimeInSecs = 180;
const timeoutMs = (maxTimeInSecs + 5) * 1000;

// First -q: no settings of the user's; no proxy, whatever the environment names.
const commonArguments = ['-q', '--noproxy', '*', '-sS', '--max-time', String(maxTimeInSecs)];

/**
 * Fetches a URL with curl.
 * @throws Error where it is not answered with 200, whole, with enough bytes
 */
export async function download(options: DownloadOptions): Promise<Download> {
  const { url, minBytes, accept = studyAccept, file, signal } = options;
  const format = '%{http_code} %{size_download} %{time_total}';
  const args = [...commonArguments, '-H', `Accept: ${accept}`, '-o', file ?? '/dev/null', '-w', format, url];
  const start = performance.now();
  const { exitCode, stdout, output } = await runTool('curl', args, { timeoutMs, signal });
  const processMs = performance.now() - start;
  const [status, bytes, seconds] = stdout.split(' ').map(Number);
  if (exitCode !== 0 || status !== 200 || bytes === undefined || seconds === undefined) {
    throw new Error(
      `curl ended with exit code ${exitCode}, HTTP status ${status ?? 0} from ${url}.\n${output.slice(-500)}`,
    );
  }
  if (bytes < minBytes) {
    throw new Error(`${url} answered ${bytes} bytes, fewer than ${minBytes}.`);
  }
  return { bytes, processMs, requestMs: seconds * 1000 };
}

export interface ManyDownloadsOptions {
  readonly urls: readonly string[];
  /** Of each answer. */
  readonly minBytes: number;
  readonly accept: string;
  /** Requests that are under way at the same time, each on a connection that stays open for the next. */
  readonly inFlight: number;
  readonly signal: AbortSignal;
}

export interface ManyDownloads {
  /** Milliseconds from the start of the curl process to its end. */
  readonly processMs: number;
  /** Milliseconds of each request, by curl's clock. */
  readonly requestMs: readonly number[];
}

/** What curl reads with `-K` to fetch URLs and throw their bodies away. */
function curlConfigOf(urls: readonly string[]): string {
  return urls.map((url) => `url = "${url}"\noutput = "/dev/null"\n`).join('');
}

/**
 * Fetches many URLs with one curl.
 * @throws Error where one is not answered with 200, whole, with enough bytes
 */
export async function downloadMany(options: ManyDownloadsOptions): Promise<ManyDownloads> {
  const { urls, minBytes, accept, inFlight, signal } = options;
  await using directory = await temporaryDirectory('bench-download');
  const config = join(directory.path, 'curl');
  await writeFile(config, curlConfigOf(urls));
  const parallel = inFlight === 1 ? [] : ['--parallel', '--parallel-max', String(inFlight)];
  const format = '%{http_code} %{size_download} %{time_total}\n';
  const args = [...commonArguments, ...parallel, '-H', `Accept: ${accept}`, '-w', format, '-K', config];
  const start = performance.now();
  const { exitCode, stdout, output } = await runTool('curl', args, { timeoutMs, signal });
  const processMs = performance.now() - start;
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const whole = answers.filter(([status, bytes = 0]) => status === 200 && bytes >= minBytes);
  if (exitCode !== 0 || whole.length !== urls.length) {
    const found = `${whole.length} of ${urls.length} answers are whole`;
    throw new Error(`curl ended with exit code ${exitCode}: ${found}.\n${output.slice(-500)}`);
  }
  return { processMs, requestMs: whole.map(([, , seconds = NaN]) => seconds * 1000) };
}

const maxPartHeaderBytes = 64 * 1024;

/**
 * Fetches a study with curl and times the first byte of its first instance: the one after the header of
 * the first part, since a boundary is no image.
 * @returns milliseconds from the start of the curl process
 * @throws Error where it is not answered with 200, whole, with enough bytes
 */
export async function firstInstanceByte({ url, minBytes, signal }: DownloadOptions): Promise<number> {
  const start = performance.now();
  const child = spawn(
    'curl',
    [...commonArguments, '-H', `Accept: ${studyAccept}`, '--fail', '--no-buffer', url],
    {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let messages = '';
  child.stderr.setEncoding('latin1').on('data', (text: string) => (messages = (messages + text).slice(-500)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  let bytes = 0;
  let first: number | undefined;
  let head = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (first !== undefined || head.length > maxPartHeaderBytes) return;
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0 && head.length > end + 4) first = performance.now() - start;
  });
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`curl ended with exit code ${exitCode ?? 'none'}: ${messages}`);
  if (first === undefined || bytes < minBytes) {
    throw new Error(`${url} answered ${bytes} bytes, no whole study of ${minBytes} bytes in parts.`);
  }
  return first;
}
