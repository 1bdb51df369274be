import { execFile } from 'node:child_process';

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the tool is killed (60,000). */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ToolResult {
  /** 0 where the tool reports success. */
  readonly exitCode: number;
  /** Standard output, one character per byte. */
  readonly stdout: string;
  /** Standard output followed by standard error: where DCMTK writes its log. */
  readonly output: string;
}

/**
 * Runs a command line tool to its end; a failure exit code is a result, not an error.
 * @throws Error where the tool is missing, was killed by its time limit, or `signal` aborted
 */
export function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const { env, timeoutMs = 60_000, signal } = options;
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [...args],
      {
        env: { ...process.env, ...env },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
        encoding: 'latin1',
        ...(signal === undefined ? {} : { signal }),
      },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') {
          const why = error.killed === true ? `ran longer than ${timeoutMs} ms` : error.message;
          reject(new Error(`${command} ${why}\n${stderr.slice(-4000)}`, { cause: error }));
          return;
        }
        const exitCode = typeof error?.code === 'number' ? error.code : 0;
        resolve({ exitCode, stdout, output: stdout + stderr });
      },
    );
  });
}
