import { describe, expect, it } from 'vitest';
import { Replay } from '../../../../broker/dicomweb/retrieve/replay.ts';

async function* counted(to: number, read: number[]): AsyncGenerator<number, void, undefined> {
  for (let index = 0; index < to; index += 1) {
    await Promise.resolve();
    read.push(index);
    yield index;
  }
}

describe('a replay', () => {
  it('reads its source once, no further than asked, whoever asks', async () => {
    const read: number[] = [];
    const replay = new Replay(counted(5, read));
    expect(await Promise.all([replay.at(2), replay.at(0), replay.at(2)])).toEqual([2, 0, 2]);
    expect(read).toEqual([0, 1, 2]);
    expect([await replay.at(9), await replay.at(4)]).toEqual([undefined, 4]);
    expect(read).toHaveLength(5);
  });

  it('gives what replaced an item', async () => {
    const replay = new Replay(['a', 'b']);
    await replay.at(1);
    replay.replace(1, 'c');
    replay.replace(7, 'x');
    expect([await replay.at(0), await replay.at(1), await replay.at(7)]).toEqual(['a', 'c', undefined]);
  });

  it('throws what its source throws, to all, and keeps what it had read', async () => {
    async function* failing(): AsyncGenerator<string, void, undefined> {
      yield 'a';
      await Promise.resolve();
      throw new Error('broken');
    }
    const replay = new Replay(failing());
    expect(await replay.at(0)).toBe('a');
    const later = [replay.at(1), replay.at(2)];
    for (const one of later) await expect(one).rejects.toThrow('broken');
    expect(await replay.at(0)).toBe('a');
  });
});
