import { expect, test } from 'vitest';
import {
  acceptedRanges,
  chooseOffer,
  parseAccept,
  qualityOf,
} from '../../../../broker/dicomweb/http/accept.ts';

const json = { type: 'application/dicom+json' };
const plainJson = { type: 'application/json' };
const xml = { type: 'multipart/related', parameters: { type: 'application/dicom+xml' } };
const offers = [json, plainJson, xml];

function syntax(uid: string): { type: string; parameters: Record<string, string> } {
  return { type: 'multipart/related', parameters: { type: 'application/dicom', 'transfer-syntax': uid } };
}

test('reads types, parameters with and without quotes, and qualities', () => {
  const ranges = parseAccept(
    'multipart/related; type="application/octet-stream"; transfer-syntax=*;q=0.5, Application/JSON ;q=1.000',
  );
  expect(ranges.map(({ type, quality }) => [type, quality])).toEqual([
    ['multipart/related', 0.5],
    ['application/json', 1],
  ]);
  expect(Object.fromEntries(ranges[0]?.parameters ?? [])).toEqual({
    type: 'application/octet-stream',
    'transfer-syntax': '*',
  });
});

test('a comma or semicolon in a quoted string separates nothing', () => {
  const [range, ...others] = parseAccept('text/plain; note="a, b; c \\" d"');
  expect(range?.parameters.get('note')).toBe('a, b; c " d');
  expect(others).toEqual([]);
});

test.each([undefined, '', '  ', '*/*', 'application/*', 'application/dicom+json', 'nonsense', ';;,,'])(
  'Accept %j means DICOM JSON',
  (header) => {
    expect(chooseOffer(parseAccept(header), offers)).toBe(json);
  },
);

test.each([
  ['application/json', plainJson],
  ['multipart/related; type="application/dicom+xml"', xml],
  ['multipart/related;type=application/dicom+xml', xml],
  ['multipart/related', xml],
  ['application/dicom+json;q=0.4, multipart/related;type="application/dicom+xml";q=0.8', xml],
  ['application/dicom+json;q=0, */*', plainJson],
  ['text/html, */*;q=0.1', json],
  ['application/dicom+json; charset=utf-8', json],
])('Accept %j chooses what it asks for', (header, offer) => {
  expect(chooseOffer(parseAccept(header), offers)).toBe(offer);
});

test.each([
  'text/html',
  'image/*',
  'multipart/related; type="application/dicom"',
  '*/*;q=0',
  'application/json;q=0',
])('Accept %j allows nothing of these', (header) => {
  expect(chooseOffer(parseAccept(header), offers)).toBeUndefined();
});

test('an element with a malformed quality is passed over', () => {
  expect(parseAccept('application/json;q=2, text/plain').map(({ type }) => type)).toEqual(['text/plain']);
});

test('transfer syntaxes: the one that is named, any, and none', () => {
  const named = parseAccept('multipart/related; type=application/dicom; transfer-syntax=1.2.840.10008.1.2.5');
  expect(qualityOf(syntax('1.2.840.10008.1.2.5'), named)).toBe(1);
  expect(qualityOf(syntax('1.2.840.10008.1.2.1'), named)).toBe(0);
  const any = parseAccept('multipart/related; type="application/dicom"; transfer-syntax="*"');
  expect(qualityOf(syntax('1.2.840.10008.1.2.4.70'), any)).toBe(1);
});

test('the more specific range decides', () => {
  const ranges = parseAccept(
    'multipart/related;q=0.9, multipart/related;type="application/dicom";transfer-syntax=1.2;q=0.2',
  );
  expect(qualityOf(syntax('1.2'), ranges)).toBe(0.2);
  expect(qualityOf(syntax('1.3'), ranges)).toBe(0.9);
});

test('the accept parameter takes the place of the header, with a plus sign that became a space', () => {
  const ranges = acceptedRanges('text/html', 'application/dicom json');
  expect(chooseOffer(ranges, offers)).toBe(json);
  expect(chooseOffer(acceptedRanges('application/json', ''), offers)).toBe(plainJson);
});
