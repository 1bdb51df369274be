import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readElements } from './read-elements.ts';
import type { Elements } from './read-elements.ts';
import { runTool } from './run-tool.ts';
import type { ToolResult } from './run-tool.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A DICOM application to talk to. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly aeTitle: string;
}

/** Attribute keyword or `gggg,eeee` to match value; an empty value asks for the attribute. */
export type QueryKeys = Readonly<Record<string, string>>;

export interface DimseToolOptions {
  readonly callingAeTitle?: string;
  readonly timeoutMs?: number;
}

export interface StoreResult {
  readonly file: string;
  /** True where the peer answered the C-STORE with success. */
  readonly accepted: boolean;
  /** The status that the peer answered, or why the file was not sent. */
  readonly reason: string;
}

/** DCMTK leaves Nagle's algorithm on unless this is set. */
export function dcmtkEnvironment(tcpNoDelay = true): Record<string, string> {
  return tcpNoDelay ? { TCP_NODELAY: '1' } : {};
}

function dimseTool(tool: string, args: readonly string[], options: DimseToolOptions): Promise<ToolResult> {
  const calling = ['-aet', options.callingAeTitle ?? 'DCMTK'];
  return runTool(tool, [...calling, ...args], {
    env: dcmtkEnvironment(),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
}

function address(peer: Peer): string[] {
  return ['-aec', peer.aeTitle, peer.host, String(peer.port)];
}

function keyArguments(keys: QueryKeys): string[] {
  return Object.entries(keys).flatMap(([name, value]) => ['-k', value === '' ? name : `${name}=${value}`]);
}

/** C-ECHO with DCMTK's echoscu; exit code 0 is success. */
export function echoscu(peer: Peer, options: DimseToolOptions = {}): Promise<ToolResult> {
  return dimseTool('echoscu', ['-v', ...address(peer)], options);
}

/**
 * C-FIND in the Study Root model with DCMTK's findscu; `keys` names QueryRetrieveLevel too.
 * @returns the elements of the pending responses in their order, text in the character set that it came in
 * @throws Error where the query did not end with success
 */
export async function findscu(
  peer: Peer,
  keys: QueryKeys,
  options: DimseToolOptions = {},
): Promise<Elements[]> {
  await using directory = await temporaryDirectory('findscu');
  const args = ['-v', '-S', '-X', '-od', directory.path, ...keyArguments(keys), ...address(peer)];
  const result = await dimseTool('findscu', args, options);
  if (result.exitCode !== 0 || !/Received Final Find Response \(Success\)/.test(result.output)) {
    throw new Error(`findscu failed.\n${result.output}`);
  }
  const answers: Elements[] = [];
  for (const name of (await readdir(directory.path)).sort()) {
    answers.push(await readElements(join(directory.path, name)));
  }
  return answers;
}

export interface RetrieveResult extends ToolResult {
  /** The final response's status in DCMTK's words, such as `Success`. */
  readonly status: string;
}

export interface MoveRequest {
  readonly keys: QueryKeys;
  /** AE title of the move destination, one that the archive knows. */
  readonly destination: string;
}

/** C-MOVE in the Study Root model with DCMTK's movescu. */
export async function movescu(
  peer: Peer,
  request: MoveRequest,
  options: DimseToolOptions = {},
): Promise<RetrieveResult> {
  const args = ['-v', '-S', '-aem', request.destination, ...keyArguments(request.keys), ...address(peer)];
  const result = await dimseTool('movescu', args, options);
  const status = /Received Final Move Response \((.*)\)/.exec(result.output)?.[1] ?? 'no final response';
  return { ...result, status };
}

export interface GetRequest {
  readonly keys: QueryKeys;
  /** Created where it does not exist; receives one Part 10 file per instance, its data set as received. */
  readonly directory: string;
  /** getscu's option for the transfer syntax to prefer, such as `+xr` (default: uncompressed ones). */
  readonly prefer?: string;
}

/** C-GET in the Study Root model with DCMTK's getscu. */
export async function getscu(
  peer: Peer,
  request: GetRequest,
  options: DimseToolOptions = {},
): Promise<RetrieveResult> {
  await mkdir(request.directory, { recursive: true });
  const prefer = request.prefer === undefined ? [] : [request.prefer];
  const output = ['+B', '-od', request.directory];
  const args = ['-v', '-S', ...prefer, ...output, ...keyArguments(request.keys), ...address(peer)];
  const result = await dimseTool('getscu', args, options);
  const statuses = [...result.output.matchAll(/Received C-GET Response \((.*)\)/g)];
  return { ...result, status: statuses.at(-1)?.[1] ?? 'no final response' };
}

/**
 * C-STORE with DCMTK's dcmsend, which proposes for each file the transfer syntax that it has.
 * Compressed files are never decompressed. One association for all files, more where 128
 * presentation contexts are not enough.
 * @returns one result per file, in the order of `files`
 */
export async function dcmsend(
  peer: Peer,
  files: readonly string[],
  options: DimseToolOptions = {},
): Promise<StoreResult[]> {
  if (files.length === 0) return [];
  await using directory = await temporaryDirectory('dcmsend');
  const report = join(directory.path, 'report.txt');
  const args = ['-ll', 'error', '-nh', '-dn', '-nuc', '+f', '-pdu', '131072', '+crf', report];
  const [aec, title, host, port] = address(peer) as [string, string, string, string];
  const result = await dimseTool('dcmsend', [...args, aec, title, host, port, ...files], options);
  const statuses = await readReport(report);
  return files.map((file) => {
    const status = statuses.get(file) ?? `not sent: ${errorAbout(result.output, file)}`;
    return { file, accepted: status.startsWith('0x0000'), reason: status };
  });
}

async function readReport(report: string): Promise<Map<string, string>> {
  const statuses = new Map<string, string>();
  const text = await readFile(report, 'latin1').catch(() => '');
  for (const entry of text.split(/^Number +: /m)) {
    const file = /^Filename +: (.*)$/m.exec(entry)?.[1];
    const status = /^DIMSE Status +: (.*)$/m.exec(entry)?.[1];
    // `<not sent>` is where there is no status: the log says why.
    if (file !== undefined && status?.startsWith('0x') === true) statuses.set(file, status);
  }
  return statuses;
}

function errorAbout(output: string, file: string): string {
  const lines = output.split('\n').filter((line) => /^[EF]:/.test(line));
  return (lines.find((line) => line.includes(file)) ?? lines[0] ?? 'E: no reason given').slice(3);
}
