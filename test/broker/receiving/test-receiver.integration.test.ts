import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUid } from '../../../broker/domain/uid.ts';
import { TestReceiver } from '../../../broker/receiving/test-receiver.ts';
import { freePort } from '../../support/free-port.ts';
import { openResources, untilReleased } from '../../support/open-resources.ts';
import { scriptedStudy, sendInstances } from '../../support/scripted-study.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';

const never = new AbortController().signal;
const sent = scriptedStudy(2);

async function expectation() {
  return {
    archive: 'default',
    archiveAeTitle: 'SCRIPTED',
    study: parseUid(sent.study, 'The study'),
    instance: parseUid(sent.instances[0]?.instance ?? '', 'The instance'),
    place: { aeTitle: 'BROKER', host: '127.0.0.1', port: await freePort() },
  };
}

let directory: TemporaryDirectory;
const systems = process.env['TMPDIR'];

// Other tests run beside this one: what is left behind can be told only in a place of its own.
beforeAll(async () => {
  directory = await temporaryDirectory('test-receiver');
  process.env['TMPDIR'] = directory.path;
});

afterAll(async () => {
  if (systems === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = systems;
  await directory[Symbol.asyncDispose]();
});

describe('a storage SCP for a test', () => {
  it('tells what comes, and leaves nothing behind', async () => {
    const before = openResources();
    const expected = await expectation();
    const reception = await new TestReceiver(() => undefined).open(expected, never);
    try {
      expect(await sendInstances(expected.place, sent.instances.slice(0, 1))).toEqual([0]);
      expect(await reception.waitForInstance(5_000, never)).toBe(true);
      expect(await readdir(directory.path)).toHaveLength(1);
      expect(reception.arrivals).toMatchObject([
        { kind: 'opened', callingAeTitle: 'SCRIPTED' },
        { kind: 'stored', instance: expected.instance },
      ]);
    } finally {
      await reception[Symbol.asyncDispose]();
    }
    await untilReleased(before);
    expect(await readdir(directory.path)).toEqual([]);
  });

  it('does not wait for longer than the time, nor than the signal', async () => {
    await using reception = await new TestReceiver(() => undefined).open(await expectation(), never);
    expect(await reception.waitForInstance(10, never)).toBe(false);
    expect(await reception.waitForInstance(60_000, AbortSignal.timeout(10))).toBe(false);
  });

  it('refuses instances of other studies', async () => {
    const expected = await expectation();
    await using reception = await new TestReceiver(() => undefined).open(expected, never);
    const other = scriptedStudy(1);
    expect(await sendInstances(expected.place, other.instances)).toEqual([0x0124]);
    expect(await reception.waitForInstance(10, never)).toBe(false);
  });

  it('waits until the one before it has ended, since there is one port', async () => {
    const receiver = new TestReceiver(() => undefined);
    const expected = await expectation();
    const first = await receiver.open(expected, never);
    let hasOpened = false;
    const second = receiver.open(expected, never).then((reception) => {
      hasOpened = true;
      return reception;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hasOpened).toBe(false);
    await first[Symbol.asyncDispose]();
    await using reception = await second;
    expect(reception.place.port).toBe(expected.place.port);
  });

  it('can be given up while it waits for that, without holding up the next', async () => {
    const receiver = new TestReceiver(() => undefined);
    const expected = await expectation();
    const first = await receiver.open(expected, never);
    const controller = new AbortController();
    const second = receiver.open(expected, controller.signal);
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    await first[Symbol.asyncDispose]();
    await using third = await receiver.open(expected, never);
    expect(third.place.port).toBe(expected.place.port);
  });
});
