import { expect, test } from 'vitest';
import { compare } from './finding.ts';
import { formatTable } from './table.ts';

test('shows findings and failures in aligned columns', () => {
  const findings = [
    compare({
      measure: 'cold',
      peerName: 'movescu',
      ratioOf: 'time',
      limit: 1.1,
      times: [{ ours: 1500, peer: 1000 }],
    }),
    compare({ measure: 'warm', peerName: 'nginx', ratioOf: 'speed', times: [{ ours: 2, peer: 125 }] }),
    { measure: 'memory', unit: 'MiB', ours: 211.7, target: '≤ 300 MiB', reached: true } as const,
  ];
  expect(formatTable(findings, [{ measure: 'qido', reason: 'x' }])).toBe(
    [
      '| measure | ours    | peer           | ratio         | target    | reached |',
      '| ------- | ------- | -------------- | ------------- | --------- | ------- |',
      '| cold    | 1.50 s  | movescu 1.00 s | 1.50 × time   | ≤ 1.10    | NO      |',
      '| warm    | 2.00 ms | nginx 125 ms   | 62.50 × speed |           |         |',
      '| memory  | 212 MiB |                |               | ≤ 300 MiB | yes     |',
      '| qido    |         |                |               |           | failed  |',
    ].join('\n'),
  );
});
