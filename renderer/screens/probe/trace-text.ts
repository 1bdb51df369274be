import type { TraceLine } from '../../../broker/control/contract/probe.ts';

const arrows = { sent: '->', received: '<-', note: '--' } as const;

/** A trace as text, to send to somebody. */
export function traceText(lines: readonly TraceLine[]): string {
  return lines
    .map(({ atMs, direction, name, detail }) =>
      `${atMs.toFixed(1).padStart(9)} ms ${arrows[direction]} ${name} ${detail}`.trimEnd(),
    )
    .join('\n');
}
