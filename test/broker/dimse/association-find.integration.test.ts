import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Association } from '../../../broker/dimse/association.ts';
import { echoScu } from '../../../broker/dimse/echo-scu.ts';
import { type FindAnswer, findScu } from '../../../broker/dimse/find-scu.ts';
import type { ScriptedAssociation } from '../../support/scripted-association.ts';
import { commandFields, encodeCommand } from '../../support/scripted-command.ts';
import type { Message } from '../../support/scripted-connection.ts';
import { encodeData } from '../../support/scripted-pdu.ts';
import { withArchive } from '../../support/with-association.ts';

const identifier = Buffer.from('an identifier ');
const pending = 0xff00;

function find(association: Association, signal?: AbortSignal): AsyncGenerator<FindAnswer, void, undefined> {
  return findScu(association, { identifier, timeoutMs: 500, signal });
}

async function answerEcho(association: ScriptedAssociation): Promise<void> {
  await association.respond(await association.readMessage(), 0);
}

/** Sends pending answers until the peer says something else, and gives back what that was. */
async function answerUntilInterrupted(association: ScriptedAssociation, message: Message): Promise<Message> {
  const next = association.readMessage();
  let isOver = false;
  void next.finally(() => (isOver = true)).catch(() => undefined);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set while this waits
  while (!isOver) {
    await association.respond(message, pending, {}, Buffer.from('answer'));
    await sleep(2);
  }
  return next;
}

describe('C-FIND', () => {
  it('gives the answers as they come, with the bytes that came', async () => {
    const answers = [Buffer.from('first '), Buffer.alloc(300_000, 7), Buffer.from('third ')];
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        expect(message.dataSet?.equals(identifier)).toBe(true);
        expect(message.pduCount).toBe(2);
        for (const answer of answers) await association.respond(message, pending, {}, answer);
        await association.respond(message, 0xff01, {}, Buffer.from('fourth'));
        await association.respond(message, 0);
        await association.readToEnd();
      },
      async (association) => {
        const got = await Array.fromAsync(find(association));
        expect(
          got.slice(0, 3).every((answer, index) => answer.identifier.equals(answers[index] ?? identifier)),
        ).toBe(true);
        expect(got.map((answer) => answer.unsupportedKeys)).toEqual([false, false, false, true]);
        expect(association.isIdle).toBe(true);
      },
    );
  });

  it('is cancelled with C-CANCEL when its reader leaves early, and the association can be used again', async () => {
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        const cancel = await answerUntilInterrupted(association, message);
        expect(cancel.contextId).toBe(message.contextId);
        expect(cancel.dataSet).toBeUndefined();
        expect(cancel.command).toEqual({
          CommandField: commandFields.cancel,
          MessageIDBeingRespondedTo: message.command.MessageID,
          CommandDataSetType: 0x0101,
        });
        for (let count = 0; count < 50; count += 1)
          await association.respond(message, pending, {}, Buffer.from('late'));
        await association.respond(message, 0xfe00);
        await answerEcho(association);
        expect(await association.readToEnd()).toBe('release');
      },
      async (association) => {
        let seen = 0;
        for await (const _answer of find(association)) {
          seen += 1;
          if (seen === 3) break;
        }
        expect(association.isIdle).toBe(true);
        expect(await echoScu(association, 500)).toBeGreaterThan(0);
      },
    );
  });

  it('is cancelled with C-CANCEL by the signal', async () => {
    const controller = new AbortController();
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        controller.abort();
        expect((await association.readMessage()).command.CommandField).toBe(commandFields.cancel);
        await association.respond(message, 0xfe00);
        expect(await association.readToEnd()).toBe('release');
      },
      async (association) => {
        await expect(Array.fromAsync(find(association, controller.signal))).rejects.toMatchObject({
          code: 'cancelled',
        });
        expect(association.isIdle).toBe(true);
      },
    );
  });

  it('is aborted in bounded time where the peer ignores C-CANCEL', async () => {
    const start = performance.now();
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        await answerUntilInterrupted(association, message);
        const next = association.read();
        for (let count = 0; count < 600; count += 1) {
          await association.respond(message, pending, {}, Buffer.from('deaf'));
          await sleep(10);
        }
        expect((await next).kind).toBe('abort');
      },
      async (association) => {
        for await (const _answer of find(association)) break;
        expect(association.isIdle).toBe(false);
        expect(performance.now() - start).toBeLessThan(7_000);
      },
    );
  });

  it('that the archive ends as cancelled by itself is no complete answer', async () => {
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        await association.respond(message, pending, {}, Buffer.from('answer'));
        await association.respond(message, 0xfe00);
        await association.readToEnd();
      },
      async (association) => {
        await expect(Array.fromAsync(find(association))).rejects.toMatchObject({
          code: 'archive-refused',
          dimseStatus: 0xfe00,
        });
      },
    );
  });

  it('that fails throws the status, the comment and who it was', async () => {
    await withArchive(
      async (association) => {
        await association.accept();
        await association.respond(await association.readMessage(), 0xa900, { ErrorComment: 'No PatientID' });
        expect(await association.readToEnd()).toBe('release');
      },
      async (association) => {
        await expect(Array.fromAsync(find(association))).rejects.toThrow(
          /SCRIPTED at .* 0xA900: .* It says: "No PatientID"/,
        );
      },
    );
  });

  it('waits for a slow reader without collecting: the archive is held back', async () => {
    let sent = 0;
    await withArchive(
      async (association) => {
        await association.accept();
        const message = await association.readMessage();
        const answer = Buffer.alloc(100_000);
        for (let count = 0; count < 400; count += 1) {
          await association.respond(message, pending, {}, answer);
          sent += 1;
        }
        await association.respond(message, 0);
        await association.readToEnd();
      },
      async (association) => {
        const answers = find(association);
        await answers.next();
        // Longer than the limits of transfer and response: silence of our own making is not the archive's.
        await sleep(700);
        expect(sent).toBeLessThan(300);
        let rest = 0;
        for await (const _answer of answers) rest += 1;
        expect(rest).toBe(399);
      },
    );
  });

  it('notices silence in the middle of an answer also where reading had paused', async () => {
    await withArchive(
      async (association) => {
        await association.accept();
        const { contextId } = await association.readMessage();
        const answer = {
          CommandField: 0x8020,
          MessageIDBeingRespondedTo: 1,
          CommandDataSetType: 0,
          Status: pending,
        };
        const values = [
          { contextId, isCommand: true, isLast: true, bytes: encodeCommand(answer) },
          { contextId, isCommand: false, isLast: true, bytes: Buffer.from('answer') },
        ];
        const answers = Array.from({ length: 300 }, () => encodeData(values));
        // All of it in one write, so that nothing comes any more once reading goes on.
        await association.sendRaw(Buffer.concat([...answers, Buffer.from([4, 0, 0])]));
        await association.closed;
      },
      async (association) => {
        const answers = findScu(association, { identifier, timeoutMs: 10_000, signal: undefined });
        await answers.next();
        await sleep(600);
        const start = performance.now();
        await expect(Array.fromAsync(answers)).rejects.toThrow(/SCRIPTED .* in the middle of a message/);
        expect(performance.now() - start).toBeLessThan(2_000);
      },
    );
  });
});
