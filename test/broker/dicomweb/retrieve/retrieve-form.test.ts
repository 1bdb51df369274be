import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../../../broker/domain/errors.ts';
import type { Resource } from '../../../../broker/domain/resource.ts';
import { parseUid } from '../../../../broker/domain/uid.ts';
import { parseAccept } from '../../../../broker/dicomweb/http/accept.ts';
import { RetrieveForm } from '../../../../broker/dicomweb/retrieve/retrieve-form.ts';

const one = parseUid('1.2', 'a test');
const study: Resource = { level: 'study', study: one };
const instance: Resource = { level: 'instance', study: one, series: one, instance: one };

const implicit = '1.2.840.10008.1.2';
const explicit = '1.2.840.10008.1.2.1';
const deflated = '1.2.840.10008.1.2.1.99';
const big = '1.2.840.10008.1.2.2';
const jpeg = '1.2.840.10008.1.2.4.50';
const jpeg2000 = '1.2.840.10008.1.2.4.90';
const multipart = 'multipart/related; type="application/dicom"';

const jpegLs = '1.2.840.10008.1.2.4.80';
const mpeg2 = '1.2.840.10008.1.2.4.100';

function syntaxes(accept: string | undefined, ...stored: string[]): (readonly string[])[] {
  const form = RetrieveForm.choose(parseAccept(accept), study);
  return stored.map((syntax) => form.syntaxesOf(syntax));
}

describe('the form of an answer', () => {
  it.each([undefined, '*/*', 'multipart/related', multipart, 'multipart/related; type=application/dicom'])(
    '%s: all in Explicit VR Little Endian; what cannot be decoded as stored, video always',
    (accept) => {
      expect(syntaxes(accept, implicit, explicit, deflated, big, jpeg, mpeg2)).toEqual([
        [explicit],
        [explicit],
        [explicit],
        [explicit],
        [explicit, jpeg],
        [mpeg2],
      ]);
    },
  );

  it('a syntax of quality 0 is not sent, whatever else is taken', () => {
    const accept = `${multipart}; transfer-syntax=${jpeg}; q=0, ${multipart}; transfer-syntax=*`;
    expect(syntaxes(accept, jpeg, jpeg2000)).toEqual([[explicit], [jpeg2000, explicit]]);
    expect(RetrieveForm.choose(parseAccept(accept), study).takesAnySyntax).toBe(false);
  });

  it.each([`${multipart}; transfer-syntax=*`, `${multipart};transfer-syntax="*"`])(
    '%s: everything as stored',
    (accept) => {
      const all = [implicit, explicit, deflated, big, jpeg, mpeg2];
      expect(syntaxes(accept, ...all).map(([first]) => first)).toEqual(all);
      expect(RetrieveForm.choose(parseAccept(accept), study).takesAnySyntax).toBe(true);
    },
  );

  it('a syntax: as stored in it, converted to it where it can be, or not at all', () => {
    expect(syntaxes(`${multipart}; transfer-syntax=${explicit}`, implicit, explicit, jpeg, mpeg2)).toEqual([
      [explicit],
      [explicit],
      [explicit],
      [],
    ]);
    expect(syntaxes(`${multipart}; transfer-syntax="${jpegLs}"`, implicit, jpegLs, jpeg, mpeg2)).toEqual([
      [jpegLs],
      [jpegLs],
      [jpegLs],
      [],
    ]);
    // Nothing is encoded with loss.
    expect(syntaxes(`${multipart}; transfer-syntax="${jpeg}"`, implicit, jpeg, jpeg2000)).toEqual([
      [],
      [jpeg],
      [],
    ]);
    const form = RetrieveForm.choose(parseAccept(`${multipart}; transfer-syntax=${jpeg}`), study);
    expect(form.takesAnySyntax).toBe(false);
  });

  it('several with qualities: the one that is wanted most first, of equal ones the stored one', () => {
    const both = (one: string, quality: number, other: string, otherQuality: number): string =>
      `${multipart}; transfer-syntax=${one}; q=${quality}, ${multipart}; transfer-syntax=${other}; q=${otherQuality}`;
    expect(syntaxes(both(implicit, 0.9, explicit, 0.5), implicit)).toEqual([[implicit, explicit]]);
    expect(syntaxes(both(implicit, 0.5, explicit, 0.9), implicit)).toEqual([[explicit, implicit]]);
    expect(syntaxes(both(explicit, 0.5, jpegLs, 0.9), jpeg)).toEqual([[jpegLs, explicit]]);
    expect(syntaxes(both(explicit, 1, jpeg, 1), jpeg)).toEqual([[jpeg, explicit]]);
    expect(syntaxes(`image/jpeg, ${multipart}; transfer-syntax=*; q=0.1`, jpeg)).toEqual([[jpeg, explicit]]);
    expect(
      syntaxes(`${multipart}; transfer-syntax=${explicit}, ${multipart}; transfer-syntax=*; q=0.1`, jpeg),
    ).toEqual([[explicit, jpeg]]);
  });

  it('one body for an instance that is wanted as application/dicom', () => {
    const single = RetrieveForm.choose(parseAccept('application/dicom; transfer-syntax=*'), instance);
    expect([single.packaging, single.syntaxesOf(jpeg)[0]]).toEqual(['single', jpeg]);
    expect(RetrieveForm.choose(parseAccept('*/*'), instance).packaging).toBe('multipart');
    expect(
      RetrieveForm.choose(parseAccept(`application/dicom; q=0.2, ${multipart}`), instance).packaging,
    ).toBe('multipart');
  });

  it.each([
    ['application/dicom', study],
    ['image/jpeg', instance],
    ['multipart/related; type="image/jpeg"', instance],
    [`${multipart}; q=0`, study],
  ])('%s: not acceptable, and says what can be had', (accept, resource) => {
    let thrown: unknown;
    try {
      RetrieveForm.choose(parseAccept(accept), resource);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(BrokerError);
    expect(thrown).toMatchObject({ code: 'not-acceptable' });
    expect(String(thrown)).toContain('multipart/related; type="application/dicom"');
  });
});
