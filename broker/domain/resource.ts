import type { Uid } from './uid.ts';

export interface StudyResource {
  readonly level: 'study';
  readonly study: Uid;
}
export interface SeriesResource {
  readonly level: 'series';
  readonly study: Uid;
  readonly series: Uid;
}
export interface InstanceResource {
  readonly level: 'instance';
  readonly study: Uid;
  readonly series: Uid;
  readonly instance: Uid;
}

/** What a retrieve names (PS3.18 section 10.4): a study, a series of it, or one instance. */
export type Resource = StudyResource | SeriesResource | InstanceResource;

/** The UID of the resource itself. */
export function uidOf(resource: Resource): Uid {
  if (resource.level === 'instance') return resource.instance;
  return resource.level === 'series' ? resource.series : resource.study;
}

/** A key that is equal for equal resources: the UIDs from study to instance, joined by slashes. */
export function resourceKey(resource: Resource): string {
  if (resource.level === 'study') return resource.study;
  if (resource.level === 'series') return `${resource.study}/${resource.series}`;
  return `${resource.study}/${resource.series}/${resource.instance}`;
}

/** True where everything that `inner` names is part of `outer`. */
export function includes(outer: Resource, inner: Resource): boolean {
  return `${resourceKey(inner)}/`.startsWith(`${resourceKey(outer)}/`);
}

/** The resource itself and those it lies in, from the study downwards. */
export function pathTo(resource: Resource): Resource[] {
  const path: Resource[] = [{ level: 'study', study: resource.study }];
  if (resource.level !== 'study') {
    path.push({ level: 'series', study: resource.study, series: resource.series });
  }
  if (resource.level === 'instance') path.push(resource);
  return path;
}
