import { describe, expect, it } from 'vitest';
import { noSmallDisk, smallDisk } from '../support/small-disk.ts';
import { storeFiles, storedAndFailed } from '../support/stow-client.ts';
import { instanceFile, startStowScene } from '../support/stow-scene.ts';

const megabyte = 1_000_000;

describe.skipIf(noSmallDisk !== undefined)(
  `a disk with no room for what is stored${noSmallDisk === undefined ? '' : ` (${noSmallDisk})`}`,
  () => {
    it('is answered with 507, nothing of the request stays, and what fits is taken afterwards', async () => {
      await using disk = await smallDisk('size=8m');
      await using scene = await startStowScene({ cacheDirectory: disk.path });
      const tooMuch = instanceFile({ bytes: 12 * megabyte });
      const refused = await storeFiles(scene.url, [tooMuch.file]);
      expect(refused.status).toBe(507);
      expect(refused.text).toContain('The disk of the cache is full');
      expect(scene.archive.stored).toEqual([]);
      expect(await scene.spooled()).toEqual([]);
      expect((await storeFiles(scene.url, [instanceFile().file])).status).toBe(200);
    });

    it('is told of the rest where something was stored before it was full', async () => {
      await using disk = await smallDisk('size=8m');
      await using scene = await startStowScene({ cacheDirectory: disk.path });
      const first = instanceFile({ bytes: megabyte });
      const second = instanceFile({ bytes: 12 * megabyte });
      const answer = await storeFiles(scene.url, [first.file, second.file]);
      expect(answer.status).toBe(202);
      expect(storedAndFailed(answer)).toMatchObject({
        stored: [{ instance: first.instance }],
        other: [0xa700],
      });
      expect(await scene.spooled()).toEqual([]);
    });
  },
);
