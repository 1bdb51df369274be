import { readFileSync, readdirSync } from 'node:fs';

/** Watches how much memory a process and its descendants use at most. */
export interface MemoryWatch extends Disposable {
  /**
   * Bytes: the sum of each process's own peak of resident memory (VmHWM, kept by the kernel, so that no
   * peak is missed). The peaks need not have been at the same time: the sum is an upper bound.
   * @throws Error where the process is gone
   */
  peakInBytes(): number;
  /** How many processes there have been. */
  processes(): number;
}

const intervalMs = 200;

/** Starts watching; descendants are looked for at intervals, since their peaks end with them. */
export function watchMemory(pid: number): MemoryWatch {
  const peaks = new Map<number, number>();
  const look = (): void => {
    for (const each of withDescendants(pid)) {
      const peak = residentPeak(each);
      if (peak !== undefined) peaks.set(each, Math.max(peak, peaks.get(each) ?? 0));
    }
  };
  look();
  const timer = setInterval(look, intervalMs);
  return {
    peakInBytes() {
      if (residentPeak(pid) === undefined) throw new Error(`The process ${pid} has ended.`);
      look();
      return [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
    },
    processes: () => peaks.size,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

function withDescendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = /^\d+$/.test(name) ? Number(name) : undefined;
    const parent = pid === undefined ? undefined : parentOf(pid);
    if (pid !== undefined && parent !== undefined) {
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** Undefined where the process is gone. */
function parentOf(pid: number): number | undefined {
  const parent = /^PPid:\s+(\d+)$/m.exec(statusOf(pid))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function residentPeak(pid: number): number | undefined {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(statusOf(pid))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return '';
  }
}
