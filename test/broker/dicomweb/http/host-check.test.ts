import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { toBrokerError } from '../../../../broker/domain/errors.ts';
import { loopbackHostCheck } from '../../../../broker/dicomweb/http/host-check.ts';

const nothing: unknown = {};

function check(listenHost: string, host: string | undefined, publicUrl?: string): string {
  let outcome = 'nothing';
  const request: unknown = { headers: host === undefined ? {} : { host } };
  void loopbackHostCheck(listenHost, publicUrl)(
    request as Request,
    nothing as Response,
    (error?: unknown) => {
      outcome = error === undefined ? 'taken' : toBrokerError(error).code;
    },
  );
  return outcome;
}

describe('the Host header of a loopback listener', () => {
  it.each([
    'localhost',
    'LOCALHOST:80',
    'localhost.',
    'viewer.localhost:4567',
    '127.0.0.1:4567',
    '127.9.9.9',
    '[::1]:4567',
  ])('takes %s', (host) => {
    expect(check('127.0.0.1', host)).toBe('taken');
    expect(check('::1', host)).toBe('taken');
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:4567',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    '127.1',
    '10.0.0.1',
    '[::2]',
    '[::1',
    'localhost:80:80@evil.example',
  ])('refuses %s', (host) => {
    expect(check('127.0.0.1', host)).toBe('bad-request');
    expect(check('localhost', host)).toBe('bad-request');
  });

  it('is not looked at where others are to reach the listener', () => {
    expect(check('0.0.0.0', 'gateway.example')).toBe('taken');
  });
});

it('takes the name of the public URL, which a proxy on this machine passes on, and no other', () => {
  const publicUrl = 'https://pacs.example.org/dicom';
  expect(check('127.0.0.1', 'PACS.example.org', publicUrl)).toBe('taken');
  expect(check('127.0.0.1', 'localhost:4567', publicUrl)).toBe('taken');
  expect(check('127.0.0.1', 'evil.example.org', publicUrl)).toBe('bad-request');
});
