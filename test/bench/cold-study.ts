import type { Peer } from '../support/dcmtk-tools.ts';
import { startStoreScp } from '../support/store-scp.ts';
import { startFilledDcmqrscp, startFilledOrthanc } from './archives.ts';
import type { FilledArchive } from './archives.ts';
import { download } from './download.ts';
import { compare } from './finding.ts';
import { withGateway } from './gateway-process.ts';
import { sizeText } from './measurement.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { receiveByMovescu, receiveByStoreScp } from './movescu.ts';
import { checkStudyAnswer } from './multipart-check.ts';
import { takeTurns } from './rounds.ts';
import type { Contender } from './rounds.ts';
import type { StudySet } from './study-sets.ts';

const limitFromDcmqrscp = 1.1;

interface OrthancCase {
  readonly limit?: number;
  readonly maxRounds?: number;
  readonly secsPerRound: number;
}

/** A study that the gateway has not: to the last byte at the client, against DCMTK receiving the same. */
export const coldStudies: readonly Measurement[] = [
  fromDcmqrscp('large'),
  fromDcmqrscp('small'),
  fromOrthanc('large', { secsPerRound: 25 }),
  // At 40 ms for every image movescu needs most of a minute for a round.
  fromOrthanc('small', { limit: 0.15, maxRounds: 3, secsPerRound: 75 }),
];

function fromDcmqrscp(name: 'large' | 'small'): Measurement {
  return {
    group: 'cold',
    title: `Cold study from dcmqrscp, ${name} set`,
    sets: [name],
    timeLimitInSecs: (rounds) => 40 + 20 * rounds,
    async run(context) {
      const set = await context.sets.get(name);
      await using filled = await startFilledDcmqrscp([set]);
      await using storeScp = await startStoreScp(filled.destinations.storeScp);
      const contenders = {
        ...(await coldContenders(filled, set, context)),
        storeScp: () => receiveByStoreScp({ ...filled, set, storeScp, ...context }),
      };
      const times = await takeTurns(contenders, context.rounds, context);
      const common = {
        measure: `cold study from dcmqrscp, ${sizeText(set)}`,
        ratioOf: 'time',
        limit: limitFromDcmqrscp,
      } as const;
      const againstStoreScp = times.map(({ ours, storeScp: peer }) => ({ ours, peer }));
      return [
        compare({ ...common, peerName: 'movescu', times }),
        compare({ ...common, peerName: 'storescp', limit: undefined, times: againstStoreScp }),
      ];
    },
  };
}

function fromOrthanc(name: 'large' | 'small', options: OrthancCase): Measurement {
  const { limit, maxRounds = Infinity, secsPerRound } = options;
  return {
    group: 'orthanc',
    title: `Cold study from Orthanc, ${name} set`,
    sets: [name],
    timeLimitInSecs: (rounds) => 60 + secsPerRound * Math.min(rounds, maxRounds),
    async run(context) {
      const set = await context.sets.get(name);
      await using filled = await startFilledOrthanc(set, context.signal);
      const contenders = await coldContenders(filled, set, context);
      const times = await takeTurns(contenders, Math.min(context.rounds, maxRounds), context);
      const measure = `cold study from Orthanc, ${sizeText(set)}`;
      return [compare({ measure, peerName: 'movescu', ratioOf: 'time', limit, times })];
    },
  };
}

/** The gateway, a new one with an empty cache for each turn, and movescu; the gateway's answer is checked first. */
async function coldContenders(
  { archive, destinations }: FilledArchive<Peer>,
  set: StudySet,
  { signal }: BenchContext,
): Promise<{ ours: Contender; peer: Contender }> {
  const gateway = { archive, destination: destinations.gateway, signal };
  const minBytes = set.dataSetBytes;
  await withGateway(gateway, ({ study }) => checkStudyAnswer(study(set.studyUid), set, signal));
  return {
    ours: () =>
      withGateway(gateway, async ({ study }) => {
        const answer = await download({ url: study(set.studyUid), minBytes, signal });
        return answer.processMs;
      }),
    peer: () => receiveByMovescu({ archive, destination: destinations.movescu, set, signal }),
  };
}
