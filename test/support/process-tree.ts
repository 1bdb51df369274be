import { readdir, readFile } from 'node:fs/promises';

/** Processes that a process has started, directly or through others, itself included (Linux). */
export async function processTree(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    if (/^\d+$/.test(entry)) parents.set(Number(entry), await parentOf(entry));
  }
  return [...parents.keys()].filter((pid) => descendsFrom(pid, root, parents));
}

function descendsFrom(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let current: number | undefined = pid; current !== undefined; current = parents.get(current)) {
    if (current === root) return true;
  }
  return false;
}

/** 0 where it has ended meanwhile. */
async function parentOf(pid: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold any sign.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}
