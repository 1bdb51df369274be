import type { Finding } from './finding.ts';

/** A measurement that could not be made. */
export interface Failure {
  readonly measure: string;
  readonly reason: string;
}

const header = ['measure', 'ours', 'peer', 'ratio', 'target', 'reached'];

/** The findings and failures as a Markdown table, its columns aligned for the terminal. */
export function formatTable(findings: readonly Finding[], failures: readonly Failure[]): string {
  const rows = [
    header,
    ...findings.map(cells),
    ...failures.map(({ measure }) => [measure, '', '', '', '', 'failed']),
  ];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column]!))));
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function line(row: readonly string[]): string {
  return `| ${row.join(' | ')} |`;
}

function cells({ measure, unit, ours, peer, ratio, ratioOf, target, reached }: Finding): string[] {
  return [
    measure,
    figure(ours, unit),
    peer === undefined ? '' : `${peer.name} ${figure(peer.value, unit)}`,
    ratio === undefined ? '' : `${ratio.toFixed(2)} × ${ratioOf ?? ''}`,
    target ?? '',
    reached === undefined ? '' : reached ? 'yes' : 'NO',
  ];
}

function figure(value: number, unit: Finding['unit']): string {
  if (unit === 'MiB') return `${value.toFixed(0)} MiB`;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}
