import { describe, expect, it } from 'vitest';
import { parseAccept } from '../../../../broker/dicomweb/http/accept.ts';
import { chooseFrameForm } from '../../../../broker/dicomweb/frames/frame-form.ts';

const syntax = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  baseline: '1.2.840.10008.1.2.4.50',
  lossless: '1.2.840.10008.1.2.4.70',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  htj2k: '1.2.840.10008.1.2.4.201',
  rle: '1.2.840.10008.1.2.5',
  h264: '1.2.840.10008.1.2.4.102',
};
const octets = 'application/octet-stream';
const multipart = (type: string, more = ''): string => `multipart/related; type="${type}"${more}`;

function choose(accept: string | undefined, stored: string, canBeSingle = true): string {
  const form = chooseFrameForm(parseAccept(accept), stored, canBeSingle);
  return `${form.isSinglePart ? 'single' : 'multipart'} ${form.mediaType} ${form.transferSyntaxUid}`;
}

describe('frames', () => {
  it.each([
    [undefined, syntax.explicit],
    ['*/*', syntax.explicit],
    [multipart(octets), syntax.explicit],
    [multipart('*/*'), syntax.explicit],
  ])('for %s are uncompressed octets, whatever they are stored as', (accept, wanted) => {
    for (const stored of [syntax.implicit, syntax.explicit, syntax.jpegLs, syntax.rle]) {
      expect(choose(accept, stored)).toBe(`multipart ${octets} ${wanted}`);
    }
  });

  it.each([
    multipart(octets, '; transfer-syntax="*"'),
    `multipart/related; type=${octets}; transfer-syntax=*`,
  ])('for %s are as stored', (accept) => {
    expect(choose(accept, syntax.jpegLs)).toBe(`multipart ${octets} ${syntax.jpegLs}`);
    expect(choose(accept, syntax.h264)).toBe(`multipart ${octets} ${syntax.h264}`);
    // The octets of all native syntaxes are the same, and PS3.18 knows this name for them.
    expect(choose(accept, syntax.implicit)).toBe(`multipart ${octets} ${syntax.explicit}`);
  });

  it.each([
    ['image/jpeg', syntax.baseline, syntax.baseline],
    ['image/jpeg', syntax.explicit, syntax.lossless],
    ['image/jls', syntax.rle, syntax.jpegLs],
    ['image/jp2', syntax.explicit, syntax.jpeg2000],
    ['image/jphc', syntax.jpegLs, syntax.htj2k],
    ['image/dicom-rle', syntax.explicit, syntax.rle],
  ])('as %s of %s are in %s', (type, stored, wanted) => {
    expect(choose(multipart(type), stored)).toBe(`multipart ${type} ${wanted}`);
    expect(choose(type, stored)).toBe(`single ${type} ${wanted}`);
  });

  it('as any image are as stored where that is one, else in a lossless form', () => {
    expect(choose('image/*', syntax.jpeg2000)).toBe(`single image/jp2 ${syntax.jpeg2000}`);
    expect(choose('image/*', syntax.explicit)).toBe(`single image/jls ${syntax.jpegLs}`);
  });

  it('are in the syntax that is named', () => {
    const accept = multipart('image/jpeg', `; transfer-syntax=${syntax.baseline}`);
    expect(choose(accept, syntax.explicit)).toBe(`multipart image/jpeg ${syntax.baseline}`);
  });

  it('are in the form of the highest quality, and of equals in that which they are stored in', () => {
    const two = `${multipart('image/jls')}, ${multipart('image/jp2')}`;
    expect(choose(two, syntax.jpeg2000)).toBe(`multipart image/jp2 ${syntax.jpeg2000}`);
    expect(choose(two, syntax.explicit)).toBe(`multipart image/jls ${syntax.jpegLs}`);
    const graded = `${multipart('image/jls')};q=0.5, ${multipart('image/jp2')}`;
    expect(choose(graded, syntax.jpegLs)).toBe(`multipart image/jp2 ${syntax.jpeg2000}`);
  });

  it('are never in a form of quality 0', () => {
    expect(choose(`${multipart('image/jls')};q=0, */*;q=0.1`, syntax.jpegLs)).toBe(
      `multipart ${octets} ${syntax.explicit}`,
    );
    expect(() => choose(`*/*;q=0`, syntax.jpegLs)).toThrow(/no form/);
  });

  it('of which there are several are no single part', () => {
    expect(() => choose(octets, syntax.explicit, false)).toThrow(/no form/);
    expect(choose(`${octets}, ${multipart(octets)};q=0.1`, syntax.explicit, false)).toBe(
      `multipart ${octets} ${syntax.explicit}`,
    );
  });

  it('that nobody can decode are as stored, or not at all', () => {
    expect(choose(undefined, syntax.h264)).toBe(`multipart ${octets} ${syntax.h264}`);
    expect(() => choose(multipart('image/jls'), syntax.h264)).toThrow(/no form/);
  });

  it.each([
    'text/html',
    multipart('application/dicom'),
    'image/png',
    multipart('image/jls', '; transfer-syntax=1.2.3'),
  ])('cannot be %s: what they can be is said', (accept) => {
    expect(() => choose(accept, syntax.jpegLs)).toThrow(
      expect.objectContaining({
        code: 'not-acceptable',
        remedy: expect.stringContaining('image/jls') as string,
      }),
    );
  });
});
