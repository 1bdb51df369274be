import { describe, expect, it } from 'vitest';
import { parseFrameList } from '../../../../broker/dicomweb/frames/frame-list.ts';

describe('a list of frames', () => {
  it('is numbers separated by commas, in the order and as often as they are named', () => {
    expect(parseFrameList('7')).toEqual([7]);
    expect(parseFrameList('1,2,7,2')).toEqual([1, 2, 7, 2]);
  });

  it.each(['0', '1,0', '-1', '1,', ',', '', '1.5', '01', '1e3', ' 1', '1-3', 'x', '12345678901'])(
    'cannot be %j',
    (text) => {
      expect(() => parseFrameList(text)).toThrow(/a frame that there cannot be/);
    },
  );

  it('has a limit', () => {
    const list = (length: number): string => Array.from({ length }, () => '1').join(',');
    expect(parseFrameList(list(10_000))).toHaveLength(10_000);
    expect(() => parseFrameList(list(10_001))).toThrow(/more than 10000 frames/);
  });
});
