import { setting } from '../setting.ts';
import { host, localPort } from '../setting-type.ts';

export const httpSettings = {
  'http.host': setting({
    group: 'http',
    type: host(),
    default: '127.0.0.1',
    help: 'Address on which DICOMweb is served. 127.0.0.1: to this machine only; 0.0.0.0: to the network.',
  }),
  'http.port': setting({
    group: 'http',
    type: localPort(),
    default: 4567,
    help: 'Port on which DICOMweb is served.',
  }),
};
