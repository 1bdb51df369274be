import { setting } from '../setting.ts';
import { archiveNames } from '../setting-type.ts';

export const severalArchivesSettings = {
  'archives.order': setting({
    group: 'archives',
    type: archiveNames(),
    default: '',
    help: 'Order in which further archives are shown, after default. Those that it does not name follow by their names.',
  }),
};
