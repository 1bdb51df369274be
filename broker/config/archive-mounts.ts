import type { Config } from './config.ts';
import { defaultArchive } from './archive-name.ts';

/** Paths of the services under a root, without a slash at their ends; '' is the root itself. */
export interface ServiceBases {
  readonly qido: string;
  readonly wado: string;
  readonly stow: string;
}

/** A place where all services of an archive are served. */
export interface ArchiveMount {
  readonly archive: string;
  /** Path of the root, without a slash at its end; '' is the server's. */
  readonly root: string;
  readonly bases: ServiceBases;
}

/** All services under one URL, which is what viewers are configured with. */
const combinedRoot = '/dicom-web';
const combinedBases: ServiceBases = { qido: '', wado: '', stow: '' };

/** Path under which all services of an archive are, as viewers are given it. */
export function combinedRootOf(archive: string): string {
  return `${archive === defaultArchive ? '' : `/archives/${archive}`}${combinedRoot}`;
}

/**
 * Where the archives are served: each under `/archives/{name}`, `default` at the root too; in each place
 * under the configured bases and, combined, under `/dicom-web`.
 */
export function archiveMounts(config: Config): ArchiveMount[] {
  const configured: ServiceBases = {
    qido: config.qido.urlBase,
    wado: config.wado.urlBase,
    stow: config.stow.urlBase,
  };
  const mounts = config.archives.flatMap(({ name: archive }) => {
    const places = [`/archives/${archive}`, ...(archive === defaultArchive ? [''] : [])];
    return places.flatMap((place) => [
      { archive, root: place, bases: configured },
      { archive, root: `${place}${combinedRoot}`, bases: combinedBases },
    ]);
  });
  // The root of the server is above all others: what is meant for them need not be compared with its paths first.
  return mounts.sort((one, other) => other.root.length - one.root.length);
}
