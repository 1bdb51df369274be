import { expect, test } from 'vitest';
import {
  multipartContentType,
  multipartEnd,
  multipartLength,
  newBoundary,
  partStart,
} from '../../../../broker/dicomweb/http/multipart.ts';

test('a message is what RFC 2046 says, with Content-Type first in each part', () => {
  const parts = [
    { contentType: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1', length: 3 },
    { contentType: 'application/dicom', length: 2, location: '/studies/1/series/2/instances/3' },
  ];
  const [first, second] = parts as [(typeof parts)[0], (typeof parts)[1]];
  const message = `${partStart('b', first, true)}abc${partStart('b', second, false)}de${multipartEnd('b')}`;
  expect(message).toBe(
    '--b\r\nContent-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\nContent-Length: 3\r\n\r\nabc' +
      '\r\n--b\r\nContent-Type: application/dicom\r\nContent-Length: 2\r\n' +
      'Content-Location: /studies/1/series/2/instances/3\r\n\r\nde\r\n--b--\r\n',
  );
  expect(multipartLength('b', parts)).toBe(Buffer.byteLength(message));
});

test('boundaries differ and need no quotes', () => {
  const boundary = newBoundary();
  expect(boundary).toMatch(/^[0-9a-f]{32}$/);
  expect(newBoundary()).not.toBe(boundary);
  expect(multipartContentType('application/dicom', boundary)).toBe(
    `multipart/related; type="application/dicom"; boundary=${boundary}`,
  );
});
