import { describe, expect, it } from 'vitest';
import { parseAccept } from '../../../../broker/dicomweb/http/accept.ts';
import { choosePictureForm, chooseRenderedForm } from '../../../../broker/dicomweb/rendered/rendered-form.ts';

describe('the form of a rendition', () => {
  it('begins with JPEG where anything goes', () => {
    const { mediaTypes, isMultipart } = chooseRenderedForm(parseAccept('*/*'));
    expect(mediaTypes.slice(0, 2)).toEqual(['image/jpeg', 'image/png']);
    expect(mediaTypes).toContain('application/pdf');
    expect(isMultipart).toBe(false);
  });

  it('follows the wishes of the client', () => {
    expect(
      chooseRenderedForm(parseAccept('image/jpeg;q=0.2, image/webp, text/html;q=0.5')).mediaTypes,
    ).toEqual(['image/webp', 'text/html', 'image/jpeg']);
    expect(choosePictureForm(parseAccept('image/*, image/jpeg;q=0')).mediaTypes).toEqual([
      'image/png',
      'image/webp',
      'image/gif',
    ]);
  });

  it('is multipart where nothing else is taken', () => {
    expect(chooseRenderedForm(parseAccept('multipart/related; type="image/png"'))).toEqual({
      mediaTypes: ['image/png'],
      isMultipart: true,
    });
  });

  it('names what there is where the client takes none of it', () => {
    expect(() => chooseRenderedForm(parseAccept('image/avif'))).toThrow(/image\/jpeg, image\/png/);
    expect(() => choosePictureForm(parseAccept('text/html'))).toThrow(/image\/jpeg/);
  });
});
