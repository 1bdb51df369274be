/** One round of a comparison: milliseconds. */
export interface Round {
  readonly ours: number;
  readonly peer: number;
  readonly ratio: number;
}

/** What was found about one measure, and what was wanted. */
export interface Finding {
  readonly measure: string;
  readonly unit: 'ms' | 'MiB';
  /** The gateway's figure: the median of the rounds where there are several. */
  readonly ours: number;
  readonly peer?: { readonly name: string; readonly value: number };
  /** Median of the ratios of the rounds: what two contenders did in the same minute is compared. */
  readonly ratio?: number;
  /** What the ratio compares: times (less is better) or speeds (more is better). */
  readonly ratioOf?: 'time' | 'speed';
  /** The bound that is wanted, as `≤ 1.10`. */
  readonly target?: string;
  /** Absent where there is no target. */
  readonly reached?: boolean;
  readonly rounds?: readonly Round[];
  /** More figures of the same measure, by what they are. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface ComparisonOptions {
  readonly measure: string;
  readonly peerName: string;
  /**
   * `time`: ratio is ours ÷ peer and the limit an upper bound; `speed`: ratio is peer ÷ ours and the
   * limit a lower bound.
   */
  readonly ratioOf: 'time' | 'speed';
  /** Absent where the comparison is only reported. */
  readonly limit?: number | undefined;
  /** Milliseconds of each round; at least one. */
  readonly times: readonly { readonly ours: number; readonly peer: number }[];
}

/** The finding of a comparison of times, by the median of the rounds' ratios. */
export function compare({ measure, peerName, ratioOf, limit, times }: ComparisonOptions): Finding {
  const rounds = times.map(({ ours, peer }) => ({
    ours,
    peer,
    ratio: ratioOf === 'time' ? ours / peer : peer / ours,
  }));
  const ratio = median(rounds.map((round) => round.ratio));
  const wanted =
    limit === undefined
      ? {}
      : {
          target: `${ratioOf === 'time' ? '≤' : '≥'} ${limit.toFixed(2)}`,
          reached: ratioOf === 'time' ? ratio <= limit : ratio >= limit,
        };
  return {
    measure,
    unit: 'ms',
    ours: median(times.map(({ ours }) => ours)),
    peer: { name: peerName, value: median(times.map(({ peer }) => peer)) },
    ratio,
    ratioOf,
    ...wanted,
    rounds,
  };
}

/**
 * The middle value, or the mean of the two in the middle.
 * @throws Error where there are no values
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('Nothing was measured.');
  return (lower + upper) / 2;
}
