import express from 'express';
import { expect, test } from 'vitest';
import type { Config } from '../../../../broker/config/config.ts';
import { isAllowedOrigin } from '../../../../broker/config/allowed-origin.ts';
import { crossOrigin } from '../../../../broker/dicomweb/http/cross-origin.ts';
import { type PlainAnswer, ask, startHttpApp } from '../../../support/http-app.ts';

const loopback = 'http://localhost:*, http://127.0.0.1:*, http://[::1]:*';

function config(allowedOrigins: string, publicUrl = ''): Pick<Config, 'http'> {
  return { http: { host: '127.0.0.1', port: 0, publicUrl, allowedOrigins, compression: true } };
}

/** The answer of a server with these origins to one request. */
async function answered(
  allowedOrigins: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<PlainAnswer> {
  const app = express();
  app.use(crossOrigin(config(allowedOrigins), () => ['GET', 'OPTIONS']));
  app.use((_request, response) => {
    response.vary('Accept');
    response.send('answer');
  });
  await using server = await startHttpApp(app);
  return await ask(server.origin, { method, headers });
}

const preflight = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'range' };

test.each(['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:8080'])(
  'a page of this machine (%s) may read answers',
  async (origin) => {
    const { headers, body } = await answered(loopback, { Origin: origin });
    expect(body.toString()).toBe('answer');
    expect(headers['access-control-allow-origin']).toBe(origin);
    expect(headers['access-control-allow-credentials']).toBe('true');
    expect(headers['access-control-expose-headers']).toMatch(/ETag.*Warning/);
    expect(headers.vary).toBe('Origin, Accept');
  },
);

test.each(['https://evil.example', 'http://localhost.evil.example', 'null', 'http://localhost:80@evil'])(
  'a page of %s may not, nor does its browser get a permission by a preflight',
  async (origin) => {
    for (const answer of [
      await answered(loopback, { Origin: origin }),
      await answered(loopback, { Origin: origin, ...preflight }, 'OPTIONS'),
    ]) {
      const granted = Object.keys(answer.headers).filter((name) => name.startsWith('access-control'));
      expect(granted).toEqual([]);
      expect(answer.headers.vary).toContain('Origin');
    }
  },
);

test('a preflight is answered with methods and headers, and may be kept for a while', async () => {
  const { status, headers, body } = await answered(
    loopback,
    { Origin: 'http://localhost:3000', ...preflight },
    'OPTIONS',
  );
  expect([status, body.length]).toEqual([204, 0]);
  expect(headers['access-control-allow-methods']).toBe('GET,OPTIONS');
  for (const name of ['Accept', 'Content-Type', 'If-None-Match', 'Range', 'Authorization']) {
    expect(headers['access-control-allow-headers']?.split(',')).toContain(name);
  }
  expect(Number(headers['access-control-max-age'])).toBeGreaterThan(600);
  expect(headers['access-control-allow-private-network']).toBeUndefined();
});

test('a page of the network that asks for this machine is told that it may, only where it is allowed', async () => {
  const asking = { ...preflight, 'Access-Control-Request-Private-Network': 'true' };
  const allowed = await answered(
    'https://viewer.example',
    { Origin: 'https://viewer.example', ...asking },
    'OPTIONS',
  );
  expect(allowed.headers['access-control-allow-private-network']).toBe('true');
  const other = await answered(
    'https://viewer.example',
    { Origin: 'https://evil.example', ...asking },
    'OPTIONS',
  );
  expect(other.headers['access-control-allow-private-network']).toBeUndefined();
});

test('where any page may read, it is never with credentials', async () => {
  const { headers } = await answered('*', { Origin: 'https://any.example' });
  expect(headers['access-control-allow-origin']).toBe('*');
  expect(headers['access-control-allow-credentials']).toBeUndefined();
});

test('an OPTIONS request of a page that is no preflight goes on to the service', async () => {
  const { status, headers, body } = await answered(loopback, { Origin: 'http://localhost:3000' }, 'OPTIONS');
  expect([status, body.toString()]).toEqual([200, 'answer']);
  expect(headers['access-control-allow-origin']).toBe('http://localhost:3000');
});

test('programs, and pages of allowed origins or of the public URL, may change something; others may not', () => {
  const isAllowed = isAllowedOrigin(config(loopback, 'https://pacs.example/dicom'));
  expect([undefined, 'http://localhost:1', 'https://pacs.example'].map(isAllowed)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['null', 'https://evil.example', 'https://pacs.example:444'].map(isAllowed)).toEqual([
    false,
    false,
    false,
  ]);
});
