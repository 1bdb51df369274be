import { setting } from '../setting.ts';
import { aeTitle, boolean, host, integer, localPort, path } from '../setting-type.ts';

export const scpSettings = {
  'scp.local_ae': setting({
    group: 'scp',
    type: aeTitle(),
    help: 'AE title under which the gateway receives images. Register it at the archive as a move destination.',
  }),
  'scp.local_host': setting({
    group: 'scp',
    type: host(),
    default: '0.0.0.0',
    help: 'Address on which images are received. 0.0.0.0: on every address of this machine.',
  }),
  'scp.local_port': setting({
    group: 'scp',
    type: localPort(),
    default: 11112,
    help: 'Port on which images are received. Register it at the archive with the move destination.',
  }),
  'scp.accept_unsolicited': setting({
    group: 'scp',
    type: boolean(),
    default: false,
    help: 'Store images that no retrieval asked for. Otherwise they are refused (status 0x0124).',
  }),
  'scp.max_associations': setting({
    group: 'scp',
    type: integer({ min: 1, max: 1000, unit: 'associations' }),
    default: 32,
    help: 'Incoming associations that may be open at the same time.',
  }),
  'scp.idle_timeout_in_secs': setting({
    group: 'scp',
    type: integer({ min: 1, max: 86_400, unit: 'seconds' }),
    default: 60,
    help: 'Silence after which an incoming association is closed.',
  }),
  'scp.cache_dir_path': setting({
    group: 'cache',
    type: path(),
    help: 'Directory of the cached images. A relative path starts at the working directory.',
  }),
  'scp.cache_max_age_in_min': setting({
    group: 'cache',
    type: integer({ min: 1, max: 5_256_000, unit: 'minutes' }),
    default: 60,
    help: 'Time that a study stays in the cache after its last use.',
  }),
  'scp.cache_max_size_in_mb': setting({
    group: 'cache',
    type: integer({ min: 0, max: 1_000_000_000, unit: 'megabytes' }),
    default: 51_200,
    help: 'Size of the cache, above which the studies that were not used for longest are removed. 0: no limit.',
  }),
};
