import express from 'express';
import { expect, test } from 'vitest';
import { requestOrigin, setPublicUrl } from '../../../../broker/dicomweb/http/request-origin.ts';
import { serviceUrl, siblingServiceUrl } from '../../../../broker/dicomweb/http/service-url.ts';
import { ask, startHttpApp } from '../../../support/http-app.ts';

/** What URLs in an answer begin with, for a request with this Host header to a service at /a/qido-rs. */
async function urls(publicUrl: string, host?: string): Promise<unknown> {
  const app = express();
  setPublicUrl(app, publicUrl);
  const router = express.Router();
  router.get('/studies', (request, response) => {
    response.json([
      requestOrigin(request),
      serviceUrl(request),
      siblingServiceUrl(request, { own: '/qido-rs', sibling: '/wado-rs' }),
      siblingServiceUrl(request, { own: '/qido-rs', sibling: '' }),
    ]);
  });
  app.use('/a/qido-rs', router);
  await using server = await startHttpApp(app);
  const headers = host === undefined ? {} : { Host: host };
  const { body } = await ask(`${server.origin}/a/qido-rs/studies`, { headers });
  return JSON.parse(body.toString().replaceAll(String(server.port), 'PORT'));
}

test('URLs begin with what the request names', async () => {
  expect(await urls('', 'broker:80')).toEqual([
    'http://broker:80',
    'http://broker:80/a/qido-rs',
    'http://broker:80/a/wado-rs',
    'http://broker:80/a',
  ]);
});

test('URLs begin with the public URL, its path before that of the service, whatever the request names', async () => {
  expect(await urls('https://pacs.example.org/dicom', 'evil.example.org')).toEqual([
    'https://pacs.example.org/dicom',
    'https://pacs.example.org/dicom/a/qido-rs',
    'https://pacs.example.org/dicom/a/wado-rs',
    'https://pacs.example.org/dicom/a',
  ]);
});

test('a Host header that is none is not repeated', async () => {
  expect(await urls('', 'a"b')).toContain('http://127.0.0.1:PORT/a/qido-rs');
});
