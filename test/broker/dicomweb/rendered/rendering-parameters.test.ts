import { describe, expect, it } from 'vitest';
import {
  parseRenderingParameters,
  parseThumbnailViewport,
} from '../../../../broker/dicomweb/rendered/rendering-parameters.ts';

function read(query: string): ReturnType<typeof parseRenderingParameters> {
  return parseRenderingParameters(Object.fromEntries(new URLSearchParams(query)));
}

describe('rendering parameters', () => {
  it('are none where nothing is asked for', () => {
    expect(read('')).toEqual({ picture: {}, warnings: [] });
    expect(read('unknown=1')).toEqual({ picture: {}, warnings: [] });
  });

  it('name a window with its function', () => {
    expect(read('window=40,400,linear').picture).toEqual({
      window: { center: 40, width: 400, function: 'LINEAR' },
    });
    expect(read('window=-1.5,0.5,linear-exact').picture.window).toEqual({
      center: -1.5,
      width: 0.5,
      function: 'LINEAR_EXACT',
    });
    expect(read('window=1e3,2e1,SIGMOID').picture.window).toEqual({
      center: 1000,
      width: 20,
      function: 'SIGMOID',
    });
    expect(read('window=40,400').picture.window?.function).toBe('LINEAR');
  });

  it.each([
    '',
    '1',
    'a,1,linear',
    '1,-1,linear',
    '1,0,sigmoid',
    '1,0.5,linear',
    '1,1,linear,1',
    '1,1,toString',
    '1,Infinity,linear',
  ])('refuse the window %j', (window) => {
    expect(() => read(`window=${window}`)).toThrow(/The window parameter is .* Allowed is/);
  });

  it('name a viewport, with a region or without', () => {
    expect(read('viewport=512,256').picture).toEqual({ viewport: { width: 512, height: 256 } });
    expect(read('viewport=512,256,10,20,-30.5,40').picture.viewport).toEqual({
      width: 512,
      height: 256,
      region: { x: 10, y: 20, width: -30.5, height: 40 },
    });
    expect(read('viewport=512,256,,,,-40').picture.viewport?.region).toEqual({
      x: 0,
      y: 0,
      width: undefined,
      height: -40,
    });
  });

  it.each(['', '1', '0,1', '8193,1', '1.5,1', '-1,1', '1,1,-1,0', '1,1,0,0,0,1', '1,1,a', '1,1,1,1,1,1,1'])(
    'refuse the viewport %j',
    (viewport) => {
      expect(() => read(`viewport=${viewport}`)).toThrow(/The viewport parameter is .* Allowed is/);
    },
  );

  it('name a quality from 1 to 100', () => {
    expect(read('quality=1').picture).toEqual({ quality: 1 });
    expect(() => read('quality=1.5')).toThrow(/1 to 100/);
  });

  it('say what is not done', () => {
    expect(read('annotation=patient&iccprofile=srgb').warnings).toEqual([
      'The following annotation values are not supported: patient',
      expect.stringContaining('iccprofile'),
    ]);
    expect(read('iccprofile=no').warnings).toEqual([]);
  });

  it('keep what is no keyword out of the header', () => {
    expect(() => read('annotation=a%0d%0aX: y')).toThrow(/annotation/);
  });

  it('stand there once', () => {
    expect(() => parseRenderingParameters({ window: ['1,1', '2,2'] })).toThrow(/more than once/);
  });

  it('of a thumbnail have no region', () => {
    expect(parseThumbnailViewport({ viewport: '64,32' })).toEqual({ width: 64, height: 32 });
    expect(parseThumbnailViewport({})).toBeUndefined();
    expect(() => parseThumbnailViewport({ viewport: '64,32,0,0' })).toThrow(/no region/);
  });
});
