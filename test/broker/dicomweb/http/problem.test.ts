import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, test } from 'vitest';
import { problemOf, sendProblem } from '../../../../broker/dicomweb/http/problem.ts';
import { BrokerError, errorCodes } from '../../../../broker/domain/errors.ts';

const documentation = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

test.each(errorCodes)('%s is mapped to the status that docs/errors.md states', (code) => {
  const { status } = problemOf(new BrokerError(code, 'x'));
  const row = new RegExp(`^\\| \`${code}\` +\\| (\\d{3})`, 'm').exec(documentation);
  expect(row?.[1]).toBe(String(status));
  expect(status).toBeGreaterThanOrEqual(400);
});

test('docs/errors.md has no code that does not exist', () => {
  const documented = [...documentation.matchAll(/^\| `([a-z-]+)` +\|/gm)].map((row) => row[1]);
  expect(documented).toEqual([...errorCodes]);
});

test('an archive that is out of resources is 503 with Retry-After', () => {
  for (const dimseStatus of [0xa700, 0xa701]) {
    const problem = problemOf(new BrokerError('archive-refused', 'x', { dimseStatus }));
    expect([problem.status, problem.retryAfterInSecs]).toEqual([503, 30]);
  }
  expect(problemOf(new BrokerError('archive-refused', 'x', { dimseStatus: 0xc001 })).status).toBe(502);
});

test('the text says what happened and what to do, and the DIMSE status; not what failed within', () => {
  const refused = new BrokerError('archive-refused', 'It does not know us.', {
    dimseStatus: 0xa801,
    remedy: 'Register us.',
  });
  expect(problemOf(refused)).toMatchObject({
    detail: 'It does not know us. Register us.',
    dimseStatus: '0xA801',
  });
  expect(problemOf(new BrokerError('internal', 'secret path /x')).detail).not.toContain('secret');
});

async function answered(error: BrokerError, accept: string | undefined): Promise<Response> {
  const app = express();
  app.use((request, response) => {
    sendProblem(response, error, request.headers.accept);
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const response = await fetch(url, { headers: accept === undefined ? {} : { accept } });
    return new Response(await response.text(), { status: response.status, headers: response.headers });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const hostile = new BrokerError('bad-request', '<script>alert(1)</script>', { retryAfterInSecs: 7 });

test('JSON where the client takes it', async () => {
  const response = await answered(hostile, 'application/dicom+json');
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('retry-after')).toBe('7');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.json()).toMatchObject({
    title: 'bad-request',
    status: 400,
    detail: '<script>alert(1)</script>',
  });
});

test.each(['text/html', 'multipart/related; type="application/dicom"', 'image/jpeg'])(
  'plain text where it takes only %s, never HTML',
  async (accept) => {
    const response = await answered(hostile, accept);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toContain('alert(1)');
  },
);
