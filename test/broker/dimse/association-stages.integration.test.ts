import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../broker/domain/errors.ts';
import { failureOf } from '../../support/failing-association.ts';
import type { ScriptedAssociation } from '../../support/scripted-association.ts';
import { encodeCommand } from '../../support/scripted-command.ts';
import { encodeData, pduHeader } from '../../support/scripted-pdu.ts';

/** What a peer may do instead of going on. */
const breaks: readonly {
  how: string;
  code: ErrorCode;
  does: (association: ScriptedAssociation) => Promise<void>;
}[] = [
  { how: 'aborts', code: 'association-aborted', does: (association) => association.abort(0, 0) },
  {
    how: 'closes',
    code: 'association-aborted',
    does: async (association) => {
      association.end();
    },
  },
  {
    how: 'resets',
    code: 'association-aborted',
    does: async (association) => {
      association.reset();
    },
  },
  {
    how: 'stays silent',
    code: 'archive-timeout',
    does: async (association) => {
      await association.readToEnd();
    },
  },
  {
    how: 'sends no DICOM',
    code: 'association-aborted',
    does: async (association) => {
      await association.sendRaw(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
      await association.closed;
    },
  },
  {
    how: 'announces a PDU of 4 GiB',
    code: 'association-aborted',
    does: async (association) => {
      await association.sendRaw(pduHeader(4, 0xffff_ffff));
      await association.closed;
    },
  },
];

const stages: readonly { when: string; before: (association: ScriptedAssociation) => Promise<void> }[] = [
  {
    when: 'instead of an answer to the association request',
    before: async (a) => {
      await a.readAssociateRequest();
    },
  },
  {
    when: 'after the association was accepted',
    before: async (a) => {
      await a.accept();
    },
  },
  {
    when: 'instead of a response',
    before: async (a) => {
      await a.accept();
      await a.readMessage();
    },
  },
];

describe.each(stages)('a peer that breaks off $when', ({ before }) => {
  it.each(breaks)('because it $how', async ({ code, does }) => {
    const error = await failureOf(async (association) => {
      await before(association);
      await does(association);
    });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/SCRIPTED at 127\.0\.0\.1:\d+/);
  });
});

describe('a peer that breaks off in the middle of a message', () => {
  const command = encodeCommand({
    CommandField: 0x8030,
    MessageIDBeingRespondedTo: 1,
    CommandDataSetType: 0x101,
    Status: 0,
  });
  const whole = encodeData([{ contextId: 1, isCommand: true, isLast: true, bytes: command }]);

  it.each([3, 6, 9, 20])('is given up after byte %i and a time of silence', async (length) => {
    const error = await failureOf(async (association) => {
      await association.accept();
      await association.readMessage();
      await association.sendRaw(whole.subarray(0, length));
      await association.readToEnd();
    });
    expect(error.code).toBe('archive-timeout');
  });

  it('is given up also where the association was idle for long before', async () => {
    const error = await failureOf(
      async (association) => {
        await association.accept();
        await association.readMessage();
        // Longer than the silence that is tolerated inside a message, shorter than the wait for a response.
        await sleep(450);
        await association.sendRaw(whole.subarray(0, 9));
        await association.closed;
      },
      { responseTimeoutMs: 5_000 },
    );
    expect(error.message).toMatch(/in the middle of a message/);
  });

  it.each([3, 6, 9, 20])('by closing is noticed after byte %i', async (length) => {
    const error = await failureOf(async (association) => {
      await association.accept();
      await association.readMessage();
      await association.sendRaw(whole.subarray(0, length));
      association.end();
    });
    expect(error.code).toBe('association-aborted');
    expect(error.message).toMatch(/SCRIPTED.* closed the connection/);
  });
});

describe('a peer that answers wrongly', () => {
  it.each([
    { what: 'in another presentation context', contextId: 3, extra: {}, code: 'association-aborted' },
    { what: 'without a status', contextId: 1, extra: { Status: undefined }, code: 'association-aborted' },
    {
      what: 'to another message',
      contextId: 1,
      extra: { MessageIDBeingRespondedTo: 99 },
      code: 'archive-timeout',
    },
    {
      what: 'with a request',
      contextId: 1,
      extra: { CommandField: 0x30, MessageID: 1 },
      code: 'association-aborted',
    },
  ])('$what is not believed', async ({ contextId, extra, code }) => {
    const error = await failureOf(async (association) => {
      await association.accept();
      await association.readMessage();
      const { Status, ...rest } = {
        CommandField: 0x8030,
        MessageIDBeingRespondedTo: 1,
        CommandDataSetType: 0x101,
        Status: 0,
        ...extra,
      };
      await association.sendCommand(contextId, Status === undefined ? rest : { ...rest, Status });
      await association.readToEnd();
    });
    expect(error.code).toBe(code);
  });

  it('by releasing instead is told', async () => {
    const error = await failureOf(async (association) => {
      await association.accept();
      await association.readMessage();
      await association.sendRaw(Buffer.from('05000000000400000000', 'hex'));
      await association.closed;
    });
    expect(error).toMatchObject({ code: 'association-aborted' });
    expect(error.message).toMatch(/SCRIPTED.* released the association/);
  });

  it('by accepting nothing that was proposed is told', async () => {
    const error = await failureOf(async (association) => {
      await association.accept({ choose: () => 4 });
      await association.readToEnd();
    });
    expect(error).toMatchObject({ code: 'context-not-accepted' });
    expect(error.remedy).toMatch(/BROKER/);
  });

  it('by accepting a transfer syntax that was not proposed is told', async () => {
    const error = await failureOf(async (association) => {
      await association.accept({ choose: () => '1.2.840.10008.1.2.4.50' });
      await association.readToEnd();
    });
    expect(error.code).toBe('context-not-accepted');
  });

  it('with a message before it was asked anything is cut off', async () => {
    const error = await failureOf(async (association) => {
      await association.readAssociateRequest();
      await association.sendCommand(1, { CommandField: 0x8030, MessageIDBeingRespondedTo: 1, Status: 0 });
      await association.closed;
    });
    expect(error.message).toMatch(/before it was asked/);
  });
});
