import { describe, expect, it } from 'vitest';
import { Association } from '../../../broker/dimse/association.ts';
import { echoScu } from '../../../broker/dimse/echo-scu.ts';
import { TraceLines } from '../../../broker/dimse/trace-lines.ts';
import { associationRequest } from '../../support/association-request.ts';
import { type Script, startScriptedArchive } from '../../support/scripted-archive.ts';

/** The names of the lines of an association for a C-ECHO; its failure is not of interest. */
async function traced(script: Script): Promise<string[]> {
  await using archive = await startScriptedArchive(script);
  const trace = new TraceLines();
  const opened = await Association.open({ ...associationRequest(archive), trace }).catch(() => undefined);
  if (opened !== undefined) {
    await echoScu(opened, 300).catch(() => undefined);
    await opened.end();
  }
  await archive.untilIdle();
  return trace
    .take()
    .filter(({ name }) => !name.startsWith('context '))
    .map(({ direction, name }) => `${direction} ${name}`);
}

const opening = ['note connected', 'sent A-ASSOCIATE-RQ'];

describe('the trace of an association', () => {
  it('has every step of one that ends in order', async () => {
    const lines = await traced(async (association) => {
      await association.accept();
      await association.respond(await association.readMessage(), 0);
      await association.readToEnd();
    });
    expect(lines).toEqual([
      ...opening,
      'received A-ASSOCIATE-AC',
      'sent C-ECHO-RQ',
      'received C-ECHO-RSP',
      'sent A-RELEASE-RQ',
      'received A-RELEASE-RP',
      'note closed',
    ]);
  });

  it('has the rejection of one that is refused', async () => {
    const lines = await traced(async (association) => {
      await association.reject(1, 1, 3);
      await association.closed;
    });
    expect(lines).toEqual([...opening, 'received A-ASSOCIATE-RJ', 'note closed']);
  });

  it('has the abort of a peer', async () => {
    const lines = await traced(async (association) => {
      await association.accept();
      await association.readMessage();
      await association.abort();
    });
    expect(lines.slice(3)).toEqual(['sent C-ECHO-RQ', 'received A-ABORT', 'note closed']);
  });

  it('has our own abort of a peer that is silent', async () => {
    const lines = await traced(async (association) => {
      await association.accept();
      await association.readMessage();
      await association.closed;
    });
    expect(lines.slice(3)).toEqual(['sent C-ECHO-RQ', 'sent A-ABORT', 'note closed']);
  });

  it('has times that tell the connection from the association', async () => {
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      await association.readToEnd();
    });
    const trace = new TraceLines();
    const association = await Association.open({ ...associationRequest(archive), trace });
    await association.end();
    const { connectedAtMs = -1, acceptedAtMs = -1 } = trace.times;
    expect(connectedAtMs).toBeGreaterThanOrEqual(0);
    expect(acceptedAtMs).toBeGreaterThanOrEqual(connectedAtMs);
    expect(trace.connection).toMatchObject({ localAddress: '127.0.0.1', remotePort: archive.port });
  });
});
