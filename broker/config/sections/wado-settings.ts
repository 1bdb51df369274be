import { archiveSetting, setting } from '../setting.ts';
import { aeTitle, boolean, choice, host, integer, remotePort, urlBase } from '../setting-type.ts';

const weekInSecs = 7 * 24 * 3600;

export const wadoSettings = {
  'wado.remote_ae': archiveSetting({
    group: 'archive-retrieve',
    type: aeTitle(),
    help: 'AE title of the archive that answers C-MOVE and C-GET (the called AE title).',
    otherwise: 'qido.remote_ae',
  }),
  'wado.remote_host': archiveSetting({
    group: 'archive-retrieve',
    type: host(),
    help: 'Host name or IP address of the archive that answers C-MOVE and C-GET.',
    otherwise: 'qido.remote_host',
  }),
  'wado.remote_port': archiveSetting({
    group: 'archive-retrieve',
    type: remotePort(),
    default: 11112,
    help: 'Port of the archive that answers C-MOVE and C-GET.',
    otherwise: 'qido.remote_port',
  }),
  'wado.local_ae': archiveSetting({
    group: 'archive-retrieve',
    type: aeTitle(),
    help: 'AE title under which the gateway sends C-MOVE and C-GET (the calling AE title). The archive must know it.',
    otherwise: 'qido.local_ae',
  }),
  'wado.retrieve_method': archiveSetting({
    group: 'archive-retrieve',
    type: choice(['auto', 'c-move', 'c-get']),
    default: 'auto',
    help: 'How images are asked for. auto: by C-MOVE, or by C-GET where the archive offers only that.',
  }),
  'wado.url_base': setting({
    group: 'wado',
    type: urlBase(),
    default: '/wado-rs',
    help: 'Path under which WADO-RS answers. It may be the same as that of QIDO-RS.',
  }),
  'wado.http_retry_after': setting({
    group: 'wado',
    type: integer({ min: 0, max: weekInSecs, unit: 'seconds' }),
    default: 600,
    help: 'Time after which a client is told to ask again (Retry-After of a 503 answer).',
  }),
  'wado.max_retry_attempts': setting({
    group: 'wado',
    type: integer({ min: 0, max: 1000, unit: 'attempts' }),
    default: 6,
    help: 'How often a failed retrieval is tried again. 0: never.',
  }),
  'wado.retry_delay_in_secs': setting({
    group: 'wado',
    type: integer({ min: 0, max: weekInSecs, unit: 'seconds' }),
    default: 600,
    help: 'Wait before a failed retrieval is tried again.',
  }),
  'wado.retrieve_timeout_in_secs': setting({
    group: 'wado',
    type: integer({ min: 0, max: weekInSecs, unit: 'seconds' }),
    default: 120,
    help: 'Wait, after the archive has reported a C-MOVE as complete, for all its images to arrive.',
  }),
  'wado.ignore_missing_objects': setting({
    group: 'wado',
    type: boolean(),
    default: false,
    help: 'Take a retrieval as complete although fewer images came than the archive announced.',
  }),
  'wado.first_instance_timeout_in_secs': setting({
    group: 'wado',
    type: integer({ min: 1, max: 3600, unit: 'seconds' }),
    default: 60,
    help: 'Wait of a client for the first image; after it the client gets 503 and the retrieval goes on.',
  }),
  'wado.cancel_grace_in_secs': setting({
    group: 'wado',
    type: integer({ min: 0, max: weekInSecs, unit: 'seconds' }),
    default: 30,
    help: 'Time after which a retrieval that no client waits for any more is cancelled.',
  }),
  'wado.recheck_after_in_secs': setting({
    group: 'wado',
    type: integer({ min: 0, max: weekInSecs, unit: 'seconds' }),
    default: 60,
    help: 'Age after which a cached study or series is compared with the archive before it is sent as whole: studies grow while they are being taken. 0: each time.',
  }),
};
