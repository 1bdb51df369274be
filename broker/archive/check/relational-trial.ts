import { BrokerError } from '../../domain/errors.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Uid } from '../../domain/uid.ts';
import { type AskStep, seriesIn } from './sample-instance.ts';

const seriesUid: Tag = '0020000E';

/**
 * Whether an archive answers queries that leave out unique keys of levels above (PS3.4 section C.4.1.2.2.2): a series
 * of a study that it has must be found without the study too.
 * @returns undefined where the study has no series to try it with
 * @throws BrokerError of the association
 */
export async function answersRelational(study: Uid, ask: AskStep): Promise<boolean | undefined> {
  const nothing = { level: 'series', keys: {}, returnKeys: [], study: undefined, series: undefined } as const;
  const series = await firstSeries(ask({ ...nothing, study }));
  if (series === undefined) return undefined;
  try {
    const keys = { [seriesUid]: { vr: 'UI', Value: [series] } };
    return (await firstSeries(ask({ ...nothing, keys }))) === series;
  } catch (error) {
    if (error instanceof BrokerError && error.code === 'archive-refused') return false;
    throw error;
  }
}

async function firstSeries(answers: ReturnType<AskStep>): Promise<Uid | undefined> {
  for await (const answer of answers) return seriesIn(answer);
  return undefined;
}
