import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.ts';
import { receivingOptions } from './receiving-options.ts';

/** The parts beside the archives that a change of settings touches. */
export interface TouchedParts {
  /** Where DICOMweb is served. */
  readonly listener: boolean;
  /** What answers there. */
  readonly dicomweb: boolean;
  /** The receiving thread with the storage SCP. */
  readonly receiver: boolean;
  /** The cache's directory, and so all that stands on it. Its limits change without a restart. */
  readonly cache: boolean;
  /** Those that are restarted, in plain words. */
  readonly names: readonly string[];
}

/** What has to be restarted to go over from one configuration to another. */
export function touchedParts(before: Config, after: Config): TouchedParts {
  const differs = (part: (config: Config) => unknown): boolean =>
    !isDeepStrictEqual(part(before), part(after));
  const listener = differs(({ http: { host, port } }) => [host, port]);
  const cache = differs(({ scp }) => resolve(scp.cacheDirPath));
  const receiver = differs(receivingOptions);
  const dicomweb = cache || differs(answered);
  return {
    listener,
    dicomweb,
    receiver,
    cache,
    names: [
      ...(cache ? ['the cache'] : []),
      ...(receiver ? ['the storage SCP'] : []),
      ...(listener || differs(answered) ? ['DICOMweb'] : []),
    ],
  };
}

/** The settings that answers depend on. */
function answered({ http, qido, wado, stow }: Config): unknown {
  const { port: _, ...ofHttp } = http;
  const { maxAssociations: __, ...ofStow } = stow;
  return [ofHttp, qido, wado.urlBase, ofStow];
}
