import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { echoScu } from '../../../broker/dimse/echo-scu.ts';
import { moveScu } from '../../../broker/dimse/move-scu.ts';
import { storeScu } from '../../../broker/dimse/store-scu.ts';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import type { Script } from '../../support/scripted-archive.ts';
import { commandFields } from '../../support/scripted-command.ts';
import { decodeData } from '../../support/scripted-pdu.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';
import { withArchive } from '../../support/with-association.ts';

const identifier = Buffer.from('an identifier ');
const pending = 0xff00;

describe('C-ECHO', () => {
  it('is given up at once where nobody wants its answer any more: the association is aborted', async () => {
    const asked = Promise.withResolvers<undefined>();
    await withArchive(
      async (association) => {
        await association.accept();
        await association.readMessage();
        asked.resolve(undefined);
        expect((await association.read()).kind).toBe('abort');
      },
      async (association) => {
        const controller = new AbortController();
        const echoing = echoScu(association, 60_000, controller.signal);
        await asked.promise;
        controller.abort();
        await expect(echoing).rejects.toMatchObject({ code: 'cancelled' });
      },
    );
  });
});

describe('C-MOVE', () => {
  it('tells its progress, counts or none, and how it ended', async () => {
    const progress: unknown[] = [];
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        expect(message.command).toMatchObject({
          MoveDestination: 'OURSCP',
          CommandField: commandFields.move,
        });
        await association.respond(message, pending, {
          NumberOfRemainingSuboperations: 2,
          NumberOfCompletedSuboperations: 1,
        });
        await association.respond(message, pending);
        await association.respond(message, 0xb000, {
          NumberOfFailedSuboperations: 1,
          ErrorComment: 'one is lost',
        });
        await association.readToEnd();
      },
      async (association) => {
        const end = await moveScu(association, {
          destination: 'OURSCP',
          identifier,
          timeoutMs: 500,
          signal: undefined,
          onProgress: (one) => progress.push(one),
        });
        expect(end).toMatchObject({
          status: 0xb000,
          failed: 1,
          completed: undefined,
          comment: 'one is lost',
        });
        expect(progress).toMatchObject([{ remaining: 2, completed: 1 }, { remaining: undefined }]);
      },
    );
  });
});

describe('C-STORE', () => {
  const instance = {
    sopClassUid: storageSopClasses.secondaryCapture,
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: explicitVrLittleEndian,
  };
  async function* pieces(count: number, size: number): AsyncGenerator<Buffer> {
    for (let index = 0; index < count; index += 1) yield Buffer.alloc(size, index);
  }

  it('sends the data set in fragments that the peer takes, and gives the status', async () => {
    await withArchive(
      async (association) => {
        await association.accept({ maxPduLength: 4096 });
        const message = await association.readMessage();
        expect(
          message.dataSet?.equals(Buffer.concat([Buffer.alloc(50_001, 0), Buffer.alloc(50_001, 1)])),
        ).toBe(true);
        expect(message.pduCount).toBe(1 + 13 + 13);
        await association.respond(message, 0xb007);
        await association.readToEnd();
      },
      async (association) => {
        const { status } = await storeScu(
          association,
          { ...instance, dataSet: pieces(2, 50_001) },
          { timeoutMs: 500, signal: undefined },
        );
        expect(status).toBe(0xb007);
      },
    );
  });

  it('sends even fragments only, whatever the pieces', async () => {
    async function* odd(): AsyncGenerator<Buffer> {
      for (const size of [1, 0, 3, 1, 1, 2, 5, 4095]) yield Buffer.alloc(size, size);
    }
    await withArchive(
      async (association) => {
        await association.accept({ maxPduLength: 1001 });
        await association.readPdu();
        const fragments: Buffer[] = [];
        for (let isLast = false; !isLast;) {
          const pdu = await association.readPdu();
          const [value] = decodeData(pdu?.body ?? Buffer.alloc(0));
          if (value === undefined) throw new Error('A P-DATA-TF without a value.');
          fragments.push(value.bytes);
          expect(pdu?.body.length).toBeLessThanOrEqual(1001);
          ({ isLast } = value);
        }
        expect(fragments.map((one) => one.length % 2)).toEqual(fragments.map(() => 0));
        expect(Buffer.concat(fragments).equals(Buffer.concat(await Array.fromAsync(odd())))).toBe(true);
        await association.sendCommand(7, {
          CommandField: 0x8001,
          MessageIDBeingRespondedTo: 1,
          CommandDataSetType: 0x101,
          Status: 0,
        });
        await association.readToEnd();
      },
      async (association) => {
        await storeScu(association, { ...instance, dataSet: odd() }, { timeoutMs: 500, signal: undefined });
      },
    );
  });

  it('of no bytes is still a data set', async () => {
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        expect(message.dataSet).toHaveLength(0);
        await association.respond(message, 0xc000);
        await association.readToEnd();
      },
      async (association) => {
        const storing = storeScu(
          association,
          { ...instance, dataSet: pieces(0, 0) },
          { timeoutMs: 500, signal: undefined },
        );
        await expect(storing).rejects.toMatchObject({ code: 'archive-refused', dimseStatus: 0xc000 });
      },
    );
  });

  const unread: Script = async (association) => {
    await association.accept();
    association.pause();
    await sleep(800);
    association.resume();
    await association.closed;
  };

  it('is given up where the peer takes no more data', async () => {
    await withArchive(unread, async (association) => {
      const storing = storeScu(
        association,
        { ...instance, dataSet: pieces(500, 100_000) },
        { timeoutMs: 500, signal: undefined },
      );
      await expect(storing).rejects.toThrow(/SCRIPTED at .* took no more data/);
    });
  });

  it('is aborted by the signal while the peer takes no more data, and while the source is silent', async () => {
    const stuck = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.alloc(10);
      await new Promise(() => undefined);
    };
    for (const dataSet of [pieces(500, 100_000), stuck()]) {
      await withArchive(unread, async (association) => {
        const start = performance.now();
        const controller = new AbortController();
        const storing = storeScu(
          association,
          { ...instance, dataSet },
          { timeoutMs: 60_000, signal: controller.signal },
        );
        setTimeout(() => {
          controller.abort();
        }, 50);
        await expect(storing).rejects.toMatchObject({ code: 'cancelled' });
        expect(performance.now() - start).toBeLessThan(1_500);
      });
    }
  });

  it('aborts where the source of the data set fails in the middle, and throws what it threw', async () => {
    const failing = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.alloc(100_000);
      throw new Error('the file is gone');
    };
    await withArchive(
      async (association) => {
        await association.accept();
        expect((await association.read()).kind).toBe('abort');
      },
      async (association) => {
        const storing = storeScu(
          association,
          { ...instance, dataSet: failing() },
          { timeoutMs: 500, signal: undefined },
        );
        await expect(storing).rejects.toThrow('the file is gone');
      },
    );
  });
});

describe('an association', () => {
  it('takes one operation at a time', async () => {
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        await sleep(50);
        await association.respond(message, 0);
        await association.readToEnd();
      },
      async (association) => {
        const first = echoScu(association, 500);
        await expect(echoScu(association, 500)).rejects.toMatchObject({ code: 'internal' });
        expect(await first).toBeGreaterThan(0);
      },
    );
  });

  it('that the peer releases while it is idle is closed, and answers so', async () => {
    await withArchive(
      async (association) => {
        await association.accept();
        await association.sendRaw(Buffer.from('05000000000400000000', 'hex'));
        expect((await association.readPdu())?.type).toBe(6);
      },
      async (association) => {
        expect(await association.closed).toBeUndefined();
        expect(association.isIdle).toBe(false);
        await expect(echoScu(association, 500)).rejects.toMatchObject({ code: 'association-aborted' });
      },
    );
  });

  it('is released in bounded time where the peer does not answer the release', async () => {
    const start = performance.now();
    await withArchive(
      async (association) => {
        await association.accept();
        await association.closed;
      },
      async (association) => {
        await association.release();
        expect(performance.now() - start).toBeLessThan(6_500);
      },
    );
  });
});
