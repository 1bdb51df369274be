import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { readFileMeta } from '../../../broker/dicom/file-meta.ts';
import { dcmsend } from '../../support/dcmtk-tools.ts';
import { readPart10 } from '../../support/part10.ts';
import { realFiles } from '../../support/real-files.ts';
import { type RealInstance, groupForArchive, identifyAll } from '../../support/real-instances.ts';
import { type ReceiverScene, startReceiver } from '../../support/receiver-scene.ts';
import { runTool } from '../../support/run-tool.ts';
import { type StoreScp, startStoreScp } from '../../support/store-scp.ts';

/** Sends a group to our SCP and to DCMTK's, and compares what they have received. */
async function compare(
  scene: ReceiverScene,
  reference: StoreScp,
  group: readonly RealInstance[],
): Promise<string[]> {
  const studies = [...new Set(group.map(({ study }) => study))];
  const expected = await Promise.all(studies.map((study) => scene.expect(study)));
  const files = group.map(({ file }) => file);
  const theirs = await dcmsend(reference, files);
  const ours = await dcmsend(scene.peer, files);
  for (const one of expected) one[Symbol.dispose]();
  const received = await reference.received();
  const stored: string[] = [];
  for (const [index, instance] of group.entries()) {
    const name = basename(instance.file);
    if (theirs[index]?.accepted !== true) continue;
    const file = received.get(instance.instance);
    if (file === undefined) {
      // Where UIDs have the VR UN, dcmsend's command names an instance "31", which the data set does not.
      expect(ours[index]?.reason, name).toMatch(/^0xa900/);
      continue;
    }
    expect(ours[index]?.accepted, `${name}: ${ours[index]?.reason ?? ''}`).toBe(true);
    const find = (): string | undefined =>
      scene.stored.find((one) => one.instance === instance.instance)?.path;
    await expect.poll(find).toBeDefined();
    const path = find() ?? '';
    const bytes = await readFile(path);
    const sent = readPart10(await readFile(file));
    const meta = readFileMeta(bytes);
    expect(meta, name).toMatchObject({
      transferSyntaxUid: sent.transferSyntax,
      sopClassUid: instance.sopClass,
      sopInstanceUid: instance.instance,
    });
    expect(bytes.subarray(meta.dataSetOffset).equals(sent.dataSet), name).toBe(true);
    expect(path).toContain(`/${instance.study}/${instance.series}/`);
    stored.push(path);
  }
  scene.stored.length = 0;
  return stored;
}

it('every real file that DCMTK sends is stored with the bytes that were sent, and DCMTK reads the file', async () => {
  const instances = await identifyAll(await realFiles());
  await using scene = await startReceiver({ transferTimeoutMs: 10_000, idleTimeoutMs: 10_000 });
  const paths = new Set<string>();
  const syntaxes = new Set<string | undefined>();
  // One version of an instance at a time; a receiver for each group knows nothing of the others.
  for (const group of groupForArchive(instances)) {
    await using reference = await startStoreScp();
    const stored = await compare(scene, reference, group);
    for (const path of stored) paths.add(path);
    if (stored.length > 0) syntaxes.add(group[0]?.transferSyntax);
  }
  expect(paths.size).toBeGreaterThan(60);
  const { stdout } = await runTool('dcmftest', [...paths]);
  expect(stdout.match(/^yes: /gm)).toHaveLength(paths.size);
  expect(new Set(scene.refused.map(({ sopInstanceUid }) => sopInstanceUid))).toEqual(new Set(['31']));
  expect(syntaxes.size).toBeGreaterThanOrEqual(12);
}, 60_000);
