import { describe, expect, it } from 'vitest';
import { CommandField } from '../../../broker/dimse/command-set.ts';
import { TraceLines } from '../../../broker/dimse/trace-lines.ts';
import { studyRootFindSopClass } from '../../../broker/domain/sop-class.ts';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';

const endpoint = { host: '10.1.2.3', port: 104, calledAeTitle: 'MAIN-PACS', callingAeTitle: 'BROKER' };
const pending = { commandField: CommandField.cFindRsp, hasDataSet: true, status: 0xff00 };

describe('the lines of a trace', () => {
  it('say what each presentation context was answered', () => {
    const trace = new TraceLines();
    const context = { abstractSyntax: studyRootFindSopClass, transferSyntaxes: [explicitVrLittleEndian] };
    trace.requested({
      endpoint,
      contexts: [
        { id: 1, ...context },
        { id: 3, ...context, abstractSyntax: '1.2.3' },
      ],
      extended: [{ sopClass: studyRootFindSopClass, information: Buffer.from([1, 1, 0]) }],
      maxPduLength: 131_072,
    });
    trace.accepted({
      ...endpoint,
      maxPduLength: 0,
      roles: [],
      extended: [],
      implementation: 'PACS_1_2',
      contexts: [
        { id: 1, result: 0, transferSyntax: explicitVrLittleEndian },
        { id: 3, result: 3, transferSyntax: '' },
      ],
    });
    expect(trace.take().map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
      'A-ASSOCIATE-RQ: from BROKER to MAIN-PACS, PDUs up to 131072 bytes: Study Root C-FIND, 1.2.3; extended negotiation of Study Root C-FIND: 1 1 0',
      'A-ASSOCIATE-AC: PACS_1_2, PDUs up to any number of bytes: 1 of 2 presentation contexts accepted',
      'context 1: Study Root C-FIND: accepted, Explicit VR Little Endian',
      'context 3: 1.2.3: refused: not offered',
    ]);
  });

  it('name a message with its fields and the size of its data set', () => {
    const trace = new TraceLines();
    trace.message(
      'received',
      {
        commandField: CommandField.cMoveRsp,
        hasDataSet: false,
        messageIdBeingRespondedTo: 7,
        status: 0xb000,
        completedSubOperations: 3,
        failedSubOperations: 1,
        errorComment: 'one failed',
      },
      undefined,
    );
    trace.message('received', pending, 240);
    expect(trace.take()).toMatchObject([
      {
        direction: 'received',
        name: 'C-MOVE-RSP',
        detail: 'warning 0xB000, message 7, completed 3, failed 1, «one failed»',
      },
      { name: 'C-FIND-RSP', detail: 'pending 0xFF00, data set of 240 bytes' },
    ]);
  });

  it('explain a rejection', () => {
    const trace = new TraceLines();
    trace.rejected({ result: 1, source: 1, reason: 3 });
    expect(trace.take()[0]).toMatchObject({
      name: 'A-ASSOCIATE-RJ',
      detail: 'for good: calling AE title not recognized (source 1, reason 3)',
    });
  });

  it('leave out the middle of a long query, say how much, and keep its end', () => {
    const trace = new TraceLines();
    for (let index = 0; index < 10_000; index += 1) trace.message('received', pending, 10);
    trace.message('received', { commandField: CommandField.cFindRsp, hasDataSet: false, status: 0 }, 0);
    const lines = trace.take();
    expect(lines.length).toBe(1_902);
    expect(lines.at(-2)).toMatchObject({ direction: 'note', detail: '8100 more pending responses' });
    expect(lines.at(-1)).toMatchObject({
      name: 'C-FIND-RSP',
      detail: expect.stringMatching(/^success/) as string,
    });
  });

  it('end at 2,000 whatever a peer sends', () => {
    const trace = new TraceLines();
    for (let index = 0; index < 5_000; index += 1) trace.note('something', String(index));
    const lines = trace.take();
    expect(lines.length).toBe(2_000);
    expect(lines.at(-1)?.detail).toMatch(/ends here/);
    trace.note('more', '');
    expect(trace.take()).toEqual([]);
  });
});
