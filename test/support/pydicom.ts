import { runTool } from './run-tool.ts';

/** Debian's Python: the package python3-pydicom installs for this one only. */
const python = '/usr/bin/python3';

/**
 * Runs a Python program that may import pydicom and prints ASCII JSON.
 * @throws Error where Python or pydicom is missing, or where the program fails
 */
export async function pydicomJson(program: string, args: readonly string[] = []): Promise<unknown> {
  const { exitCode, stdout, output } = await runTool(python, ['-c', program, ...args]);
  if (exitCode !== 0) {
    throw new Error(`Python failed; the Debian package python3-pydicom must be installed.\n${output}`);
  }
  return JSON.parse(stdout);
}
