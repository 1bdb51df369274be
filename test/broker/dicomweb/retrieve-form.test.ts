import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../../broker/domain/errors.ts';
import type { Resource } from '../../../broker/domain/resource.ts';
import { parseUid } from '../../../broker/domain/uid.ts';
import { parseAccept } from '../../../broker/dicomweb/accept.ts';
import { RetrieveForm } from '../../../broker/dicomweb/retrieve-form.ts';

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

function renditions(accept: string | undefined, ...syntaxes: string[]): (string | undefined)[] {
  const form = RetrieveForm.choose(parseAccept(accept), study);
  return syntaxes.map((syntax) => form.renditionOf(syntax));
}

describe('the form of an answer', () => {
  it.each([undefined, '*/*', 'multipart/related', multipart, 'multipart/related; type=application/dicom'])(
    '%s: uncompressed as Explicit VR Little Endian, compressed as stored',
    (accept) => {
      expect(renditions(accept, implicit, explicit, deflated, big, jpeg)).toEqual([
        'explicit',
        'stored',
        'explicit',
        'explicit',
        'stored',
      ]);
    },
  );

  it('a syntax of quality 0 is not sent, whatever else is taken', () => {
    const accept = `${multipart}; transfer-syntax=${jpeg}; q=0, ${multipart}; transfer-syntax=*`;
    expect(renditions(accept, jpeg, jpeg2000)).toEqual([undefined, 'stored']);
    expect(RetrieveForm.choose(parseAccept(accept), study).takesAnySyntax).toBe(false);
  });

  it.each([`${multipart}; transfer-syntax=*`, `${multipart};transfer-syntax="*"`])(
    '%s: everything as stored',
    (accept) => {
      expect(renditions(accept, implicit, explicit, deflated, big, jpeg)).toEqual(Array(5).fill('stored'));
      expect(RetrieveForm.choose(parseAccept(accept), study).takesAnySyntax).toBe(true);
    },
  );

  it('a syntax: as stored in it, converted to it where it can be, or not at all', () => {
    expect(renditions(`${multipart}; transfer-syntax=${explicit}`, implicit, explicit, jpeg)).toEqual([
      'explicit',
      'stored',
      undefined,
    ]);
    expect(renditions(`${multipart}; transfer-syntax="${jpeg}"`, implicit, explicit, jpeg, jpeg2000)).toEqual(
      [undefined, undefined, 'stored', undefined],
    );
    const form = RetrieveForm.choose(parseAccept(`${multipart}; transfer-syntax=${jpeg}`), study);
    expect(form.takesAnySyntax).toBe(false);
  });

  it('several with qualities: the one that is wanted most', () => {
    const both = (stored: number, converted: number): string =>
      `${multipart}; transfer-syntax=${implicit}; q=${stored}, ${multipart}; transfer-syntax=${explicit}; q=${converted}`;
    expect(renditions(both(0.9, 0.5), implicit)).toEqual(['stored']);
    expect(renditions(both(0.5, 0.9), implicit)).toEqual(['explicit']);
    expect(renditions(`image/jpeg, ${multipart}; transfer-syntax=*; q=0.1`, jpeg)).toEqual(['stored']);
  });

  it('one body for an instance that is wanted as application/dicom', () => {
    const single = RetrieveForm.choose(parseAccept('application/dicom; transfer-syntax=*'), instance);
    expect([single.isSinglePart, single.renditionOf(jpeg)]).toEqual([true, 'stored']);
    expect(RetrieveForm.choose(parseAccept('*/*'), instance).isSinglePart).toBe(false);
    expect(
      RetrieveForm.choose(parseAccept(`application/dicom; q=0.2, ${multipart}`), instance).isSinglePart,
    ).toBe(false);
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
