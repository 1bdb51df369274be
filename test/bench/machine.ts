import { cpus, release, totalmem } from 'node:os';
import { runTool } from '../support/run-tool.ts';

/** What the figures depend on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryInGib: number;
  readonly kernel: string;
  readonly node: string;
  readonly dcmtk: string;
  readonly orthanc: string;
  readonly nginx: string;
  readonly curl: string;
}

/** @throws Error where one of the tools cannot be run */
export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryInGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    dcmtk: await versionOf('movescu', '--version'),
    orthanc: await versionOf('Orthanc', '--version'),
    nginx: await versionOf('/usr/sbin/nginx', '-v'),
    curl: await versionOf('curl', '--version'),
  };
}

async function versionOf(command: string, option: string): Promise<string> {
  const { output } = await runTool(command, [option], { timeoutMs: 10_000 });
  return /\d+\.\d+(\.\d+)*/.exec(output)?.[0] ?? 'unknown';
}
