import type { Request } from 'express';
import { BrokerError } from '../../domain/errors.ts';
import type { InstanceResource, Resource } from '../../domain/resource.ts';
import { parseUid } from '../../domain/uid.ts';

/**
 * The study, series or instance that the path of a request names.
 * @throws BrokerError `bad-request` that names the UID which is none
 */
export function resourceOf({ params }: Request): Resource {
  const study = parseUid(String(params['study']), 'The Study Instance UID of the path');
  if (params['series'] === undefined) return { level: 'study', study };
  const series = parseUid(String(params['series']), 'The Series Instance UID of the path');
  if (params['instance'] === undefined) return { level: 'series', study, series };
  const instance = parseUid(String(params['instance']), 'The SOP Instance UID of the path');
  return { level: 'instance', study, series, instance };
}

/** The instance that the path of a request names. @throws BrokerError `bad-request` where it names none */
export function instanceOf(request: Request): InstanceResource {
  const resource = resourceOf(request);
  if (resource.level === 'instance') return resource;
  throw new BrokerError('bad-request', 'The path names no instance.');
}
