import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck, statesOf } from '../../../support/check-run.ts';
import { startDcmqrscp } from '../../../support/dcmqrscp.ts';
import type { Peer } from '../../../support/dcmtk-tools.ts';
import { freePort } from '../../../support/free-port.ts';
import { generateStudy } from '../../../support/generated-study.ts';
import { startOrthanc } from '../../../support/orthanc.ts';
import { openResources, untilReleased } from '../../../support/open-resources.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const stack = new AsyncDisposableStack();
const scp: Peer = { host: '127.0.0.1', port: await freePort(), aeTitle: 'BROKER' };
const archives: Record<string, Peer> = {};
/** Real archives take their time on a busy machine. */
const limits = {
  connectTimeoutMs: 5_000,
  associationTimeoutMs: 10_000,
  responseTimeoutMs: 10_000,
  findLimitMs: 15_000,
  retrieveLimitMs: 20_000,
  arrivalLimitMs: 10_000,
};
const allPassed = [
  'connect passed',
  'associate passed',
  'echo passed',
  'find passed',
  'capabilities passed',
  'retrieve passed',
  'receive passed',
];

beforeAll(async () => {
  const { path } = stack.use(await temporaryDirectory('check-study'));
  const study = await generateStudy({ directory: path, instances: 4, pixelBytes: 32_768, series: 2 });
  const dcmqrscp = stack.use(await startDcmqrscp({ moveDestinations: [scp] }));
  await dcmqrscp.store(study.files);
  archives['dcmqrscp'] = dcmqrscp;
  const orthanc = stack.use(await startOrthanc({ modalities: { gateway: scp } }));
  await orthanc.upload(study.files);
  archives['Orthanc'] = orthanc;
  const strange = stack.use(await startOrthanc());
  await strange.upload(study.files);
  archives['Orthanc that does not know us'] = strange;
}, 120_000);

afterAll(() => stack.disposeAsync());

function archive(name: string): Peer {
  const found = archives[name];
  if (found === undefined) throw new Error(`${name} was not started.`);
  return found;
}

describe.each(['dcmqrscp', 'Orthanc'])('the check of %s', (name) => {
  it('passes every step by C-MOVE, and leaves nothing open', async () => {
    const before = openResources();
    const run = await runCheck({ archive: archive(name), scp, limits, address: { retrieveMethod: 'move' } });
    expect(run.events.filter((event) => event.type === 'step' && event.step.state === 'failed')).toEqual([]);
    expect(statesOf(run)).toEqual(allPassed);
    expect(run.passed).toBe(true);
    expect(run.abilities?.abilities).toMatchObject({ canMove: true, canGet: true });
    expect(run.abilities?.suggestedChanges).toMatchObject({ 'wado.retrieve_method': 'c-move' });
    await untilReleased(before);
  });

  it('passes every step by C-GET', async () => {
    const run = await runCheck({ archive: archive(name), scp, limits, address: { retrieveMethod: 'get' } });
    expect(statesOf(run)).toEqual(allPassed);
    expect(run.steps.retrieve?.detail).toContain('C-GET');
    expect(run.abilities?.suggestedChanges).toMatchObject({ 'wado.retrieve_method': 'c-get' });
  });

  it('tells what it supports of queries, in the form of settings', async () => {
    const run = await runCheck({ archive: archive(name), limits });
    expect(run.abilities?.abilities.relationalQueries).toBe('yes');
    expect(run.abilities?.suggestedChanges['qido.relational_queries']).toBe('auto');
    // Orthanc answers in UTF-8 always; dcmqrscp gives what is stored, which is ASCII here.
    const characterSet = name === 'Orthanc' ? 'ISO_IR 192' : undefined;
    expect(run.abilities?.suggestedChanges['qido.character_set']).toBe(characterSet);
  });

  it('ends after C-ECHO where the address is not one to ask', async () => {
    const run = await runCheck({ archive: archive(name), limits, until: 'echo' });
    expect(statesOf(run)).toEqual(allPassed.slice(0, 3));
    expect(run.passed).toBe(true);
  });

  it('tells the implementation', async () => {
    const run = await runCheck({ archive: archive(name), limits });
    expect(run.abilities?.abilities.implementation).toMatch(/^(OFFIS_DCMTK|ORTHANC)/i);
  });
});

describe('an archive that does not know us as a move destination', () => {
  it('is used by C-GET where the choice is left to us, and the reason is told', async () => {
    const run = await runCheck({ archive: archive('Orthanc that does not know us'), scp, limits });
    expect(statesOf(run)).toEqual(allPassed);
    expect(run.steps.retrieve?.trouble?.message).toMatch(/C-MOVE/);
    expect(run.abilities?.suggestedChanges).toMatchObject({ 'wado.retrieve_method': 'c-get' });
  });
});
