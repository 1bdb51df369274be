import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { type Part10, readPart10 } from '../support/part10.ts';
import { realFiles } from '../support/real-files.ts';
import { identifyAll } from '../support/real-instances.ts';
import { storeFiles, storedAndFailed } from '../support/stow-client.ts';
import { startStoreScp } from '../support/store-scp.ts';

test('every real file reaches the archive byte for byte, as storescu would put it there', async () => {
  await using scp = await startStoreScp({ fork: true });
  await using gateway = await startGateway({ archive: scp });
  const originals = new Map<string, Part10>();
  const files = new Map<string, Buffer>();
  for (const { file, instance } of await identifyAll(await realFiles())) {
    const bytes = await readFile(file);
    if (bytes.toString('latin1', 128, 132) !== 'DICM') continue;
    files.set(instance, bytes);
    originals.set(instance, readPart10(bytes));
  }
  const contradicting = [...originals].filter(([instance, { sopInstance }]) => sopInstance !== instance);
  const answer = await storeFiles(`${gateway.stow}/studies`, [...files.values()]);
  const { stored, failed, other } = storedAndFailed(answer);
  expect(answer.status).toBe(202);
  expect(failed).toEqual(contradicting.map(([instance]) => ({ instance, reason: 0xa900 })));
  expect(other).toEqual([]);
  expect(stored).toHaveLength(originals.size - contradicting.length);
  expect(stored.length).toBeGreaterThan(140);
  const received = await scp.received();
  for (const { instance, url } of stored) {
    expect(url).toContain(`${gateway.wado}/studies/`);
    const original = originals.get(instance);
    const there = readPart10(await readFile(received.get(instance) ?? `${instance} has not come`));
    const padding = original!.dataSet.length % 2;
    const same = there.dataSet.equals(Buffer.concat([original!.dataSet, Buffer.alloc(padding)]));
    expect({ instance, syntax: there.transferSyntax, same }).toEqual({
      instance,
      syntax: original!.transferSyntax,
      same: true,
    });
  }
});
