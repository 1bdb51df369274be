import { archiveSetting, asDefaultArchive, setting } from '../setting.ts';
import { aeTitle, characterSet, choice, host, integer, remotePort, urlBase } from '../setting-type.ts';

export const qidoSettings = {
  'qido.remote_ae': archiveSetting({
    group: 'archive-query',
    type: aeTitle(),
    help: 'AE title of the archive that answers C-FIND (the called AE title).',
  }),
  'qido.remote_host': archiveSetting({
    group: 'archive-query',
    type: host(),
    help: 'Host name or IP address of the archive that answers C-FIND.',
  }),
  'qido.remote_port': archiveSetting({
    group: 'archive-query',
    type: remotePort(),
    default: 11112,
    help: 'Port of the archive that answers C-FIND.',
  }),
  'qido.local_ae': archiveSetting({
    group: 'archive-query',
    type: aeTitle(),
    help: 'AE title under which the gateway sends C-FIND (the calling AE title). The archive must know it.',
    otherwise: asDefaultArchive,
  }),
  'qido.relational_queries': archiveSetting({
    group: 'archive-query',
    type: choice(['auto', 'no']),
    default: 'auto',
    help: 'Queries across levels in one C-FIND, such as all series of today. auto: where the archive has shown that it answers them. no: always level by level.',
  }),
  'qido.character_set': archiveSetting({
    group: 'archive-query',
    type: characterSet('that of the archive’s answers, and UTF-8 before the first'),
    default: '',
    help: 'Character set of what is searched for, where it has letters beyond ASCII and all of them are in the set. In a properties file a backslash is written twice.',
  }),
  'qido.url_base': setting({
    group: 'qido',
    type: urlBase(),
    default: '/qido-rs',
    help: 'Path under which QIDO-RS answers. It may be the same as that of WADO-RS.',
  }),
  'qido.default_limit': setting({
    group: 'qido',
    type: integer({ min: 1, max: 100_000, unit: 'rows' }),
    default: 1000,
    help: 'Rows that a query answers at most where the client states no limit.',
  }),
  'qido.max_related_queries': setting({
    group: 'qido',
    type: integer({ min: 0, max: 100_000, unit: 'queries' }),
    default: 200,
    help: 'Lower-level queries per request at most, to fill in counts that the archive leaves out. 0: none.',
  }),
};
