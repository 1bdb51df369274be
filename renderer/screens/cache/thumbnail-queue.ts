import { api } from '../../api/client.ts';

/** A browser opens six connections to one place: the others stay for what the person waits for. */
const mostAtATime = 2;

const waiting: (() => void)[] = [];
let running = 0;

/**
 * The small picture of a study or series, after those that were asked for before it.
 * @throws what the control API answers, and AbortError once the signal is set off
 */
export async function fetchThumbnail(
  key: { readonly archive: string; readonly study: string; readonly series?: string | undefined },
  signal: AbortSignal,
): Promise<Blob> {
  if (running >= mostAtATime) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    signal.throwIfAborted();
    const { archive, study, series } = key;
    return await api.cache.thumbnail(
      { archive, study, ...(series === undefined ? {} : { series }) },
      { signal },
    );
  } finally {
    running--;
    waiting.shift()?.();
  }
}
