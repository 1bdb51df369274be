import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { readPart10 } from '../support/part10.ts';
import { realFiles } from '../support/real-files.ts';
import { identifyAll } from '../support/real-instances.ts';
import { storeFiles, storedAndFailed } from '../support/stow-client.ts';
import { startStoreScp } from '../support/store-scp.ts';

test('every real file reaches the archive byte for byte, as storescu would put it there', async () => {
  await using scp = await startStoreScp();
  await using gateway = await startGateway({ archive: scp });
  const instances = await identifyAll(await realFiles());
  const originals = new Map<string, Buffer>();
  for (const { file, instance } of instances) {
    const bytes = await readFile(file);
    if (bytes.toString('latin1', 128, 132) === 'DICM') originals.set(instance, bytes);
  }
  const answer = await storeFiles(gateway.stow + '/studies', [...originals.values()]);
  const { stored, failed, other } = storedAndFailed(answer);
  expect({ failed, other, warnings: answer.headers.warning }).toEqual({
    failed: [],
    other: [],
    warnings: undefined,
  });
  expect(answer.status).toBe(200);
  expect(stored.map(({ instance }) => instance).toSorted()).toEqual([...originals.keys()].toSorted());
  const received = await scp.received();
  for (const [instance, original] of originals) {
    const path = received.get(instance);
    if (path === undefined) throw new Error(`${instance} has not come.`);
    const [there, here] = [readPart10(await readFile(path)), readPart10(original)];
    expect({ instance, syntax: there.transferSyntax, same: there.dataSet.equals(here.dataSet) }).toEqual({
      instance,
      syntax: here.transferSyntax,
      same: true,
    });
  }
});
