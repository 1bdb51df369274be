import { implement } from '@orpc/server';
import { completeAttribute } from '../../archive/attribute-completion.ts';
import type { Archive } from '../../archive/archive.ts';
import { contract } from '../contract/contract.ts';
import type { ProbeEvent, ProbeQuery } from '../contract/probe.ts';
import { troubleOf } from '../control-problem.ts';
import type { ControlServices } from '../control-services.ts';
import { probeRetrieve } from './probe-retrieve.ts';
import { configuredArchive, runningGateway } from './running-gateway.ts';

const probe = implement(contract.probe);
const never = new AbortController().signal;

/** Asking the archives of the settings by hand. */
export function probeHandlers(services: ControlServices) {
  return {
    attributes: probe.attributes.handler(({ input }) =>
      completeAttribute(input.text, input.limit, input.level),
    ),
    find: probe.find.handler(({ input, signal = never }) =>
      probeFind(configuredArchive(services, input.archive), input, signal),
    ),
    retrieve: probe.retrieve.handler(({ input, signal = never }) => {
      const archive = configuredArchive(services, input.archive);
      return probeRetrieve({ parts: runningGateway(services), archive, named: input }, signal);
    }),
  };
}

async function* probeFind(
  archive: Archive,
  query: ProbeQuery,
  signal: AbortSignal,
): AsyncGenerator<ProbeEvent, void, undefined> {
  for await (const event of archive.probe.find(query, { limit: query.limit, signal })) {
    if (event.type !== 'end') yield event;
    else {
      const { error, ...end } = event;
      yield error === undefined ? end : { ...end, trouble: troubleOf(error) };
    }
  }
}
