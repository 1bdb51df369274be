import { expect, test } from 'vitest';
import { namesOrigin } from '../../../broker/config/origins.ts';
import { origins, publicUrl } from '../../../broker/config/setting-type.ts';

test.each([
  ['', ''],
  ['https://Viewer.example.org/ http://localhost:*', 'https://viewer.example.org, http://localhost:*'],
  ['*', '*'],
  ['null,http://[::1]:3000', 'null, http://[::1]:3000'],
])('origins %j are read as %j', (text, read) => {
  expect(origins().schema.parse(text)).toBe(read);
});

test.each([
  'https://a/b',
  'https://*.example.org',
  'viewer.example.org',
  'https://',
  'http://a:*:*',
  '**',
  'http://a@b',
])('origins %j are refused', (text) => {
  expect(origins().schema.safeParse(text).success).toBe(false);
});

test.each([
  ['http://localhost:*', 'http://localhost', true],
  ['http://localhost:*', 'http://localhost:3000', true],
  ['http://localhost:*', 'https://localhost:3000', false],
  ['http://localhost:*', 'http://localhost.evil.example:80', false],
  ['http://localhost:*', 'http://localhost:80.evil.example', false],
  ['http://localhost:*', 'http://evil.example', false],
  ['https://a.example', 'https://a.example', true],
  ['https://a.example', 'https://a.example:444', false],
  ['https://a.example', 'https://a.example.evil.example', false],
])('%s names %s: %s', (entry, origin, named) => {
  expect(namesOrigin(entry, origin)).toBe(named);
});

test.each([
  ['', ''],
  [' https://pacs.example.org/dicom/ ', 'https://pacs.example.org/dicom'],
  ['HTTPS://PACS.example.org:443', 'https://pacs.example.org'],
  ['http://[::1]:8080/a/b-c', 'http://[::1]:8080/a/b-c'],
])('the public URL %j is read as %j', (text, read) => {
  expect(publicUrl().schema.parse(text)).toBe(read);
});

test.each([
  'pacs.example.org',
  'ftp://pacs.example.org',
  'https://user@pacs.example.org',
  'https://pacs.example.org/?a',
  'https://pacs.example.org/#a',
  'https://pacs.example.org/a/../b',
  'https://pacs.example.org//a',
  'https://pacs.example.org/a b',
  'https://',
])('the public URL %j is refused', (text) => {
  expect(publicUrl().schema.safeParse(text).success).toBe(false);
});
