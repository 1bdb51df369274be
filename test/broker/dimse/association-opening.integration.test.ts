import { describe, expect, it } from 'vitest';
import { Association } from '../../../broker/dimse/association.ts';
import { echoScu } from '../../../broker/dimse/echo-scu.ts';
import { associationRequest } from '../../support/association-request.ts';
import { echo, failureOf } from '../../support/failing-association.ts';
import { freePort } from '../../support/free-port.ts';
import { type Script, startScriptedArchive } from '../../support/scripted-archive.ts';

const silent: Script = async (association) => {
  await association.readAssociateRequest();
  await association.closed;
};

describe('an association that is rejected', () => {
  it.each([
    [1, 1, 1],
    [1, 1, 2],
    [1, 1, 3],
    [1, 1, 7],
    [1, 2, 1],
    [1, 2, 2],
    [2, 3, 1],
    [2, 3, 2],
  ])(
    'result %i, source %i, reason %i, throws why and leaves nothing open',
    async (result, source, reason) => {
      const error = await failureOf(async (association) => {
        await association.reject(result, source, reason);
        await association.closed;
      });
      expect(error.code).toBe('association-rejected');
      expect(error.remedy).toBeDefined();
    },
  );
});

describe('the signal', () => {
  it('cancels at the association request', async () => {
    const error = await failureOf(silent, { signal: AbortSignal.timeout(50) });
    expect(error.code).toBe('cancelled');
  });

  it('cancels before anything is sent', async () => {
    const port = await freePort();
    await expect(
      echo({ host: '127.0.0.1', port, aeTitle: 'X' }, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('cancels a request that has not been sent yet, without a word to the peer', async () => {
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      expect((await association.read()).kind).toBe('release');
      await association.acknowledgeRelease();
    });
    const association = await Association.open(associationRequest(archive));
    await expect(echoScu(association, 300, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    await association.end();
  });

  it('cancels while the connection is being made', async () => {
    // An address of documentation (RFC 5737): nothing answers there, if it is not refused at once.
    const controller = new AbortController();
    const opening = echo({ host: '192.0.2.1', port: 104, aeTitle: 'X' }, { signal: controller.signal });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a peer that cannot be reached', () => {
  it('is told as such: nothing listens', async () => {
    const port = await freePort();
    const error: unknown = await echo({ host: '127.0.0.1', port, aeTitle: 'X' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'archive-unreachable' });
    expect(String(error)).toMatch(new RegExp(`X at 127\\.0\\.0\\.1:${port}: nothing listens on that port`));
  });

  it('is told as such: no such host', async () => {
    const error: unknown = await echo({ host: 'no-such-host.invalid', port: 104, aeTitle: 'X' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'archive-unreachable' });
  });
});
