const firstMs = 500;
const longestMs = 15_000;

/** How long to wait before connecting for the nth time (from 1): twice as long each time, up to 15 s. */
export function reconnectDelay(attempt: number): number {
  return Math.min(firstMs * 2 ** Math.max(attempt - 1, 0), longestMs);
}
