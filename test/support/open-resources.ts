const watched = ['TCPSocketWrap', 'TCPServerWrap', 'Timeout'] as const;

export type OpenResources = Readonly<Record<(typeof watched)[number], number>>;

/** How many sockets, servers and timers keep this process alive. */
export function openResources(): OpenResources {
  const names = process.getActiveResourcesInfo();
  const count = (wanted: string): number => names.filter((name) => name === wanted).length;
  return {
    TCPSocketWrap: count('TCPSocketWrap'),
    TCPServerWrap: count('TCPServerWrap'),
    Timeout: count('Timeout'),
  };
}

/**
 * Waits until there are no more of them than before.
 * @throws Error naming what is still open after `withinMs` (2000)
 */
export async function untilReleased(before: OpenResources, withinMs = 2000): Promise<void> {
  const limit = performance.now() + withinMs;
  for (;;) {
    const now = openResources();
    const left = watched.filter((name) => now[name] > before[name]);
    if (left.length === 0) return;
    if (performance.now() > limit) {
      throw new Error(`Still open: ${left.map((name) => `${now[name] - before[name]} ${name}`).join(', ')}.`);
    }
    // A timer would count itself.
    await new Promise(setImmediate);
  }
}
