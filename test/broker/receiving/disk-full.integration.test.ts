import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { type ReceiverScene, startReceiver } from '../../support/receiver-scene.ts';
import { connectStoreScu } from '../../support/scripted-store-scu.ts';
import { sentInstance } from '../../support/sent-instance.ts';
import { noSmallDisk, smallDisk } from '../../support/small-disk.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';

const contexts = [{ sopClass: storageSopClasses.secondaryCapture, transferSyntax: explicitVrLittleEndian }];
const diskFull = { command: { Status: 0xa700, ErrorComment: 'The disk of the cache is full' } };

async function store(scene: ReceiverScene, ...sizes: readonly number[]): Promise<unknown[]> {
  using scu = await connectStoreScu({ peer: scene.peer, contexts });
  const responses: unknown[] = [];
  for (const bytes of sizes) {
    const sent = sentInstance({ bytes });
    using _expected = await scene.expect(sent.study);
    responses.push(await scu.store(sent));
  }
  return responses;
}

describe.skipIf(noSmallDisk !== undefined)(
  `a cache on a disk that is full${noSmallDisk ? ` (${noSmallDisk})` : ''}`,
  () => {
    it('answers 0xA700 to what does not fit, keeps nothing of it, and goes on with what fits', async () => {
      await using disk = await smallDisk('size=2m');
      await using scene = await startReceiver({ cacheDirectory: disk.path });
      const responses = await store(scene, 100_000, 4_000_000, 1_000_000, 3_000_000, 100_000);
      const success = { command: { Status: 0 } };
      expect(responses).toMatchObject([success, diskFull, success, diskFull, success]);
      await expect.poll(() => scene.stored).toHaveLength(3);
      await expect
        .poll(() => scene.refused)
        .toMatchObject([
          { status: 0xa700, callingAeTitle: 'SCRIPTED', comment: 'The disk of the cache is full' },
          { status: 0xa700 },
        ]);
      expect((await scene.files()).sort()).toEqual(scene.stored.map(({ path }) => path).sort());
      for (const { path, size } of scene.stored) expect((await readFile(path)).length).toBe(size);
      expect(scene.crashes).toEqual([]);
    });

    it('answers 0xA700 to small instances once it is full', async () => {
      await using disk = await smallDisk('size=256k');
      await using scene = await startReceiver({ cacheDirectory: disk.path });
      const responses = await store(scene, ...Array.from({ length: 10 }, () => 60_000));
      const stored = responses.filter((one) => (one as { command: { Status: number } }).command.Status === 0);
      expect(stored.length).toBeGreaterThan(1);
      expect(stored.length).toBeLessThan(5);
      expect(responses.at(-1)).toMatchObject(diskFull);
      expect((await scene.files()).filter((file) => file.endsWith('.part'))).toEqual([]);
    });

    it('answers 0xA700 where there is no room for another directory', async () => {
      await using disk = await smallDisk('size=4m,nr_inodes=6');
      await using scene = await startReceiver({ cacheDirectory: disk.path });
      expect(await store(scene, 1_000)).toMatchObject([diskFull]);
      expect(await scene.files()).toEqual([]);
    });
  },
);
