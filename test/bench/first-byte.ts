import { startStoreScp } from '../support/store-scp.ts';
import { startFilledDcmqrscp } from './archives.ts';
import { firstInstanceByte } from './download.ts';
import { compare } from './finding.ts';
import { withGateway } from './gateway-process.ts';
import { sizeText } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { receiveByMovescu, receiveByStoreScp } from './movescu.ts';
import { checkStudyAnswer } from './multipart-check.ts';
import { takeTurns } from './rounds.ts';

const limit = 0.15;

/** The first byte of a study that the gateway has not, against DCMTK's time for the whole study. */
export const firstByte: Measurement = {
  group: 'first-byte',
  title: 'First byte of a cold study, large set',
  sets: ['large'],
  timeLimitInSecs: (rounds) => 40 + 20 * rounds,
  async run(context) {
    const { signal, rounds } = context;
    const set = await context.sets.get('large');
    await using filled = await startFilledDcmqrscp([set]);
    const { archive, destinations } = filled;
    await using storeScp = await startStoreScp(destinations.storeScp);
    const gateway = { archive, destination: destinations.gateway, signal };
    await withGateway(gateway, ({ study }) => checkStudyAnswer(study(set.studyUid), set, signal));
    const contenders = {
      ours: () =>
        withGateway(gateway, ({ study }) =>
          firstInstanceByte({ url: study(set.studyUid), minBytes: set.dataSetBytes, signal }),
        ),
      peer: () => receiveByMovescu({ archive, destination: destinations.movescu, set, signal }),
      storeScp: () => receiveByStoreScp({ archive, storeScp, set, signal }),
    };
    const times = await takeTurns(contenders, rounds, context);
    const measure = `first byte of a cold study from dcmqrscp, ${sizeText(set)}`;
    const againstStoreScp = times.map(({ ours, storeScp: peer }) => ({ ours, peer }));
    return [
      compare({ measure, peerName: 'movescu, whole study', ratioOf: 'time', limit, times }),
      compare({ measure, peerName: 'storescp, whole study', ratioOf: 'time', times: againstStoreScp }),
    ];
  },
};
