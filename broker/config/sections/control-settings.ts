import { setting } from '../setting.ts';
import { host, hosts, localPort, secret, viewerTemplate } from '../setting-type.ts';

export const controlSettings = {
  'control.host': setting({
    group: 'control',
    type: host(),
    default: '127.0.0.1',
    help: 'Address on which the user interface and its API are served. Any other than this machine’s own (127.0.0.1) needs control.token.',
  }),
  'control.port': setting({
    group: 'control',
    type: localPort(),
    default: 4568,
    help: 'Port on which the user interface and its API are served.',
  }),
  'control.token': setting({
    group: 'control',
    type: secret({ minLength: 16, emptyMeans: 'a new one at each start' }),
    default: '',
    help: 'What the user interface and scripts have to show. Whoever has it can change everything here.',
  }),
  'control.allowed_hosts': setting({
    group: 'control',
    type: hosts(),
    default: '',
    help: 'Names under which others reach the user interface (gateway.example.org), besides localhost and the address itself.',
  }),
  'control.viewer_url': setting({
    group: 'control',
    type: viewerTemplate(),
    default: '',
    help: 'Address at which a viewer shows a study, for the button “Open in viewer”: https://viewer.example.org/viewer?StudyInstanceUIDs={studyInstanceUIDs}. Empty: there is no such button.',
  }),
};
