import { describe, expect, it } from 'vitest';
import {
  parseWadoUriParameters,
  type WadoUriRequest,
} from '../../../../broker/dicomweb/rendered/wado-uri-parameters.ts';

const named = 'requestType=WADO&studyUID=1.2&seriesUID=1.3&objectUID=1.4';

function read(more = '', start = named): WadoUriRequest {
  return parseWadoUriParameters(Object.fromEntries(new URLSearchParams(`${start}&${more}`)));
}

describe('parameters of the URI service', () => {
  it('name an object', () => {
    expect(read()).toEqual({
      resource: { level: 'instance', study: '1.2', series: '1.3', instance: '1.4' },
      contentType: undefined,
      transferSyntax: undefined,
      frame: 'first',
      picture: {},
      warnings: [],
    });
  });

  it.each([
    ['', 'studyUID=1.2&seriesUID=1.3&objectUID=1.4', /requestType/],
    ['', 'requestType=QIDO&studyUID=1.2&seriesUID=1.3&objectUID=1.4', /requestType/],
    ['', 'requestType=WADO&studyUID=1.2&seriesUID=1.3', /objectUID/],
    ['', 'requestType=WADO&studyUID=1.2&seriesUID=..&objectUID=1.4', /seriesUID/],
    ['transferSyntax=explicit', named, /transferSyntax/],
    ['frameNumber=0', named, /frameNumber/],
    ['imageQuality=0', named, /imageQuality/],
    ['windowCenter=1', named, /windowWidth/],
    ['windowWidth=1', named, /windowCenter/],
    ['windowCenter=1&windowWidth=0', named, /windowWidth/],
    ['rows=0', named, /rows/],
    ['columns=1e9', named, /columns/],
    ['region=0,0,1', named, /region/],
    ['region=0.5,0,0.5,1', named, /region/],
    ['region=0,0,1,1.1', named, /region/],
    ['anonymize=yes', named, /anonymize/],
    ['presentationUID=1.2', named, /presentation/],
  ])('refuse %s of %s', (more, start, reason) => {
    expect(() => read(more, start)).toThrow(reason);
  });

  it('describe a picture', () => {
    const { picture, frame } = read('frameNumber=3&windowCenter=40&windowWidth=400&rows=100&imageQuality=50');
    expect(frame).toBe(3);
    expect(picture).toEqual({
      window: { center: 40, width: 400, function: 'LINEAR' },
      viewport: { width: undefined, height: 100 },
      quality: 50,
    });
    expect(read('region=0.25,0,0.75,1').picture.viewport?.region).toEqual({
      isRelative: true,
      x: 0.25,
      y: 0,
      width: 0.5,
      height: 1,
    });
  });
});
