import { Association } from '../../broker/dimse/association.ts';
import { associationRequest } from './association-request.ts';
import { openResources, untilReleased } from './open-resources.ts';
import { type Script, type ScriptedArchive, startScriptedArchive } from './scripted-archive.ts';

/** Runs `work` on an association with an archive that plays `script`; nothing may be left open after it. */
export async function withArchive(
  script: Script,
  work: (association: Association, archive: ScriptedArchive) => Promise<void>,
): Promise<void> {
  await using archive = await startScriptedArchive(script);
  const before = openResources();
  const association = await Association.open(associationRequest(archive));
  try {
    await work(association, archive);
  } finally {
    await association.end();
  }
  await archive.untilIdle(2_000);
  await untilReleased(before);
}
