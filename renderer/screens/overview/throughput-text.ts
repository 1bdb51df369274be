import type { Throughput } from '../../../broker/control/contract/gateway-state.ts';
import { formatRate } from '../../format/bytes.ts';

/** What the plot of throughput shows, in a sentence: for who cannot see it. */
export function throughputText(samples: readonly Throughput[], locale?: string): string {
  if (samples.length === 0) return 'No throughput was measured yet.';
  const of = (direction: 'received' | 'sent'): string => {
    const values = samples.map((sample) => sample[direction]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return `on average ${formatRate(mean, locale)}, at most ${formatRate(Math.max(...values), locale)}`;
  };
  return `Throughput of the last five minutes. From archives: ${of('received')}. To viewers: ${of('sent')}.`;
}

/** Times in seconds and rates of both directions, over five minutes that end with the last sample. */
export function plotData(samples: readonly Throughput[]): [number[], number[], number[]] {
  return [
    samples.map(({ at }) => Date.parse(at) / 1_000),
    samples.map(({ received }) => received),
    samples.map(({ sent }) => sent),
  ];
}
