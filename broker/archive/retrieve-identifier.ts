import type { DicomJson } from '../dicom/dicom-json.ts';
import type { Resource } from '../domain/resource.ts';
import type { Uid } from '../domain/uid.ts';

/** What to retrieve: a resource, or some instances of a series. */
export interface RetrieveTarget {
  readonly resource: Resource;
  /** Only these instances; the resource is their series then. */
  readonly instances?: readonly Uid[];
}

/** The identifier of a C-MOVE or C-GET: the level and the unique keys down to it (PS3.4 section C.4.2.1.4). */
export function retrieveIdentifier({ resource, instances }: RetrieveTarget): DicomJson {
  const identifier: DicomJson = {
    '00080052': { vr: 'CS', Value: [queryRetrieveLevel(resource, instances)] },
    '0020000D': { vr: 'UI', Value: [resource.study] },
  };
  if (resource.level !== 'study') identifier['0020000E'] = { vr: 'UI', Value: [resource.series] };
  const named = instances ?? (resource.level === 'instance' ? [resource.instance] : []);
  if (named.length > 0) identifier['00080018'] = { vr: 'UI', Value: [...named] };
  return identifier;
}

function queryRetrieveLevel(resource: Resource, instances: readonly Uid[] | undefined): string {
  if (instances !== undefined || resource.level === 'instance') return 'IMAGE';
  return resource.level === 'study' ? 'STUDY' : 'SERIES';
}
