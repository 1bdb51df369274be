import { implement } from '@orpc/server';
import { isArchiveName } from '../../cache/instance-path.ts';
import { BrokerError } from '../../domain/errors.ts';
import { parseUid, type Uid } from '../../domain/uid.ts';
import { StudyRemoval } from '../../retrieval/study-removal.ts';
import { contract } from '../contract/contract.ts';
import type { ControlServices } from '../control-services.ts';
import { cachedAttributes, cachedInstancesOf, cachedThumbnail } from './cached-details.ts';
import { toContractStudy, toContractSeries } from './cached-study.ts';
import { receivingStudies } from './receiving-studies.ts';
import { configuredArchive, runningGateway } from './running-gateway.ts';

const cache = implement(contract.cache);
const never = new AbortController().signal;

interface StudyName {
  readonly archive: string;
  readonly study: Uid;
}

/** The cache: what is in it, down to the attributes of an instance, and what an admin does with it. */
export function cacheHandlers(services: ControlServices) {
  const parts = () => runningGateway(services);
  return {
    studies: cache.studies.handler(({ input }) => {
      const { cache: cached, retrieval } = parts();
      const receiving = receivingStudies(retrieval);
      const { total, studies } = cached.catalogue.list({ ...input, receiving });
      return { total, studies: studies.map((study) => toContractStudy(study, receiving)) };
    }),
    study: cache.study.handler(({ input }) => {
      const name = studyNameOf(input);
      const { cache: cached, retrieval } = parts();
      const study = cached.catalogue.study(name.archive, name.study);
      if (study === undefined) throw notCached(name);
      const series = cached.catalogue.series(name.archive, name.study);
      return {
        study: toContractStudy(study, receivingStudies(retrieval)),
        series: series.map(toContractSeries),
      };
    }),
    instances: cache.instances.handler(({ input, signal = never }) => {
      const name = studyNameOf(input);
      return cachedInstancesOf(parts(), { ...name, series: parseUid(input.series, 'The series') }, signal);
    }),
    attributes: cache.attributes.handler(({ input, signal = never }) => {
      const name = studyNameOf(input);
      const series = parseUid(input.series, 'The series');
      const instance = parseUid(input.instance, 'The instance');
      return cachedAttributes(parts(), { ...name, series, instance }, signal);
    }),
    thumbnail: cache.thumbnail.handler(({ input, signal = never }) => {
      const name = studyNameOf(input);
      const series = input.series === undefined ? undefined : parseUid(input.series, 'The series');
      return cachedThumbnail(parts(), { ...name, series }, signal);
    }),
    pin: cache.pin.handler(({ input }) => {
      const { archive, study } = studyNameOf(input);
      parts().cache.pin(archive, study, input.isPinned);
    }),
    fetchAgain: cache.fetchAgain.handler(async ({ input, signal = never }) => {
      const { study } = studyNameOf(input);
      const archive = configuredArchive(services, input.archive);
      await removalOf(services).fetchAgain(archive, study, signal);
    }),
    remove: cache.remove.handler(async ({ input, signal = never }) => {
      const { archive, study } = studyNameOf(input);
      await removalOf(services).remove(archive, study, signal);
    }),
    clear: cache.clear.handler(({ input, signal = never }) =>
      removalOf(services).clear({ withPinned: input.withPinned, signal }),
    ),
  };
}

function removalOf(services: ControlServices): StudyRemoval {
  return new StudyRemoval({ ...runningGateway(services), logger: services.logger });
}

/** The cache may hold studies of archives that the settings do not name any more. @throws BrokerError `bad-request` */
function studyNameOf({ archive, study }: { archive: string; study: string }): StudyName {
  if (!isArchiveName(archive)) {
    throw new BrokerError('bad-request', `${JSON.stringify(archive)} cannot be the name of an archive.`);
  }
  return { archive, study: parseUid(study, 'The study') };
}

function notCached({ archive, study }: StudyName): BrokerError {
  return new BrokerError('not-found', `The study ${study} of archive ${archive} is not in the cache.`);
}
