import { setting } from '../setting.ts';
import { boolean, host, localPort, origins, publicUrl } from '../setting-type.ts';

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
  'http.public_url': setting({
    group: 'http',
    type: publicUrl(),
    default: '',
    help: 'URL under which clients reach the gateway through a proxy (https://pacs.example.org/dicom), for the URLs in answers. Empty: as each request names it.',
  }),
  'http.allowed_origins': setting({
    group: 'http',
    type: origins(),
    default: 'http://localhost:*, http://127.0.0.1:*, http://[::1]:*',
    help: 'Origins whose web pages (viewers) may read answers and store instances (CORS).',
  }),
  'http.compression': setting({
    group: 'http',
    type: boolean(),
    default: true,
    help: 'Compress JSON, XML and other text (gzip, brotli) for clients that accept it. Images never are.',
  }),
};
