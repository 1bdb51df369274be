import { archiveSetting, setting } from '../setting.ts';
import { aeTitle, host, integer, remotePort, urlBase } from '../setting-type.ts';

export const stowSettings = {
  'stow.remote_ae': archiveSetting({
    group: 'archive-store',
    type: aeTitle(),
    defaultsTo: 'wado.remote_ae',
    help: 'AE title of the archive that takes C-STORE (the called AE title).',
  }),
  'stow.remote_host': archiveSetting({
    group: 'archive-store',
    type: host(),
    defaultsTo: 'wado.remote_host',
    help: 'Host name or IP address of the archive that takes C-STORE.',
  }),
  'stow.remote_port': archiveSetting({
    group: 'archive-store',
    type: remotePort(),
    defaultsTo: 'wado.remote_port',
    help: 'Port of the archive that takes C-STORE.',
  }),
  'stow.local_ae': archiveSetting({
    group: 'archive-store',
    type: aeTitle(),
    defaultsTo: 'wado.local_ae',
    help: 'AE title under which the gateway sends C-STORE (the calling AE title). The archive must know it.',
  }),
  'stow.url_base': setting({
    group: 'stow',
    type: urlBase(),
    default: '/stow-rs',
    help: 'Path under which STOW-RS answers. It may be the same as that of QIDO-RS and WADO-RS.',
  }),
  'stow.max_associations': setting({
    group: 'stow',
    type: integer({ min: 1, max: 100, unit: 'associations' }),
    default: 1,
    help: 'Associations over which instances are sent to one archive at the same time, within dimse.max_associations. More are faster where the archive is far away; some archives lose instances that way.',
  }),
  'stow.max_request_size_in_mb': setting({
    group: 'stow',
    type: integer({ min: 1, max: 10_000_000, unit: 'megabytes' }),
    default: 65_536,
    help: 'Size of a whole request at most.',
  }),
  'stow.max_instance_size_in_mb': setting({
    group: 'stow',
    type: integer({ min: 1, max: 65_536, unit: 'megabytes' }),
    default: 4096,
    help: 'Size of one instance, or of one part of a request, at most.',
  }),
  'stow.max_instances': setting({
    group: 'stow',
    type: integer({ min: 1, max: 1_000_000, unit: 'instances' }),
    default: 20_000,
    help: 'Instances of one request at most, and so its parts where it is metadata with bulk data.',
  }),
  'stow.request_timeout_in_secs': setting({
    group: 'stow',
    type: integer({ min: 1, max: 86_400, unit: 'seconds' }),
    default: 60,
    help: 'Silence of a client in the middle of a request after which the request is given up.',
  }),
};
