import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { type Dcmqrscp, startDcmqrscp } from '../support/dcmqrscp.ts';
import { movescu } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { gatewayAeTitle, startGateway } from '../support/gateway.ts';
import { realFiles } from '../support/real-files.ts';
import { type RealInstance, groupForArchive, identifyAll } from '../support/real-instances.ts';
import { type RetrieveForm, compareRetrieves } from '../support/retrieve-comparison.ts';
import { type SentInstance, receivedBy } from '../support/filled-archive.ts';
import { startStoreScp } from '../support/store-scp.ts';

// Nine instances of one study: one uncompressed, the others JPEG. The archive proposes Explicit VR Little
// Endian only and cannot decompress.
const study = '1.2.826.0.1.3680043.8.498.12406831542731051035295345080039845114';

describe('a study of which the archive can send only a part', () => {
  const stack = new AsyncDisposableStack();
  let archive: Dcmqrscp;
  let scpPort: number;
  let instances: readonly RealInstance[];
  let sent: ReadonlyMap<string, SentInstance>;

  beforeAll(async () => {
    const ofStudy = (await identifyAll(await realFiles())).filter((one) => one.study === study);
    [instances = []] = groupForArchive(ofStudy, { mixed: true });
    const receiver = stack.use(await startStoreScp());
    scpPort = await freePort();
    const gateway = { host: '127.0.0.1', port: scpPort, aeTitle: gatewayAeTitle };
    archive = stack.use(await startDcmqrscp({ moveDestinations: [receiver, gateway] }));
    const stored = await archive.store(instances.map(({ file }) => file));
    expect(stored.filter(({ accepted }) => !accepted)).toEqual([]);
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: study };
    await movescu(archive, { keys, destination: receiver.aeTitle });
    sent = await receivedBy(receiver);
  });
  afterAll(() => stack.disposeAsync());

  const forms: readonly RetrieveForm[] = ['study', 'series', 'instance', 'single part'];
  test.each([
    ['c-move', forms],
    ['c-move', forms.toReversed()],
    ['c-get', forms],
    ['c-get', forms.toReversed()],
  ])('%s, first by %j: what comes is right, and nothing passes for whole', async (verb, order) => {
    const settings = { WADO_RETRIEVE_METHOD: verb, WADO_MAX_RETRY_ATTEMPTS: '0' };
    await using gateway = await startGateway({ archive, scpPort, settings });
    const verdicts = await compareRetrieves({ wado: gateway.wado, instances, sent, forms: order });
    expect(verdicts.filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
    const same = verdicts.filter(({ outcome }) => outcome === 'same');
    expect(same.map(({ instance }) => basename(instance.file))).toEqual(['SC_rgb_small_odd.dcm']);
    expect(same[0]?.instance.transferSyntax).toBe(explicitVrLittleEndian);
    const refused = verdicts.filter(({ outcome }) => outcome === 'refused');
    expect(refused.length).toBe(instances.length - 1);
    for (const { notes } of refused) expect(notes).toEqual([expect.stringMatching(/^502 .* 0xA702/)]);
  });
});
