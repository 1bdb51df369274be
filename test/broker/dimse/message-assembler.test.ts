import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandSet, encodeCommandSet } from '../../../broker/dimse/command-set.ts';
import { type DataSetSink, MessageAssembler } from '../../../broker/dimse/message-assembler.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { settledMemory } from '../../support/settled-memory.ts';

const echo = encodeCommandSet({ commandField: 0x30, hasDataSet: false, messageId: 1 });
const store = encodeCommandSet({ commandField: 1, hasDataSet: true, messageId: 2 });
const command = 1;
const last = 2;

interface Told {
  readonly context: number;
  readonly command: CommandSet;
  readonly dataSet: string | undefined;
}

function assembler(options: { limit?: number; sink?: DataSetSink } = {}): {
  subject: MessageAssembler;
  told: Told[];
} {
  const told: Told[] = [];
  const listener = {
    sink: () => options.sink,
    message: (context: number, given: CommandSet, dataSet: Buffer | undefined) => {
      told.push({ context, command: given, dataSet: dataSet?.toString('latin1') });
    },
  };
  return { subject: new MessageAssembler(listener, options.limit ?? 1000), told };
}

function recordingSink(): DataSetSink & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    write: (bytes) => calls.push(`write ${bytes.toString('latin1')}`),
    end: () => calls.push('end'),
    abort: (reason) => calls.push(`abort ${reason.message}`),
  };
}

describe('a message assembler', () => {
  it('tells a command without a data set at once', () => {
    const { subject, told } = assembler();
    subject.fragment(1, command | last, echo, true);
    expect(told).toEqual([
      { context: 1, command: { commandField: 0x30, hasDataSet: false, messageId: 1 }, dataSet: undefined },
    ]);
    expect(subject.insideMessage).toBe(false);
  });

  it('puts commands and data sets together, in whatever pieces they come', () => {
    const pieces = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), pieces, fc.boolean(), (text, sizes, eachIsFragment) => {
        const { subject, told } = assembler();
        const send = (kind: number, bytes: Buffer): void => {
          let at = 0;
          for (let index = 0; at < bytes.length; index += 1) {
            const size = sizes[index % sizes.length] ?? 1;
            const piece = bytes.subarray(at, at + size);
            at += piece.length;
            if (index > 500) at = bytes.length;
            subject.fragment(3, kind, eachIsFragment ? Buffer.from(piece) : piece, eachIsFragment);
          }
          subject.fragment(3, kind | last, Buffer.alloc(0), true);
        };
        fc.pre(sizes.some((size) => size > 0));
        const dataSet = Buffer.from(text, 'latin1');
        send(command, store);
        send(0, dataSet);
        expect(told.map((one) => one.dataSet)).toEqual([dataSet.toString('latin1')]);
        expect(subject.insideMessage).toBe(false);
      }),
    );
  });

  it('copies what it collects: the first pieces are gone when the last one comes', () => {
    const { subject, told } = assembler();
    subject.fragment(1, command | last, store, true);
    const reused = Buffer.from('first');
    subject.fragment(1, 0, reused, true);
    reused.fill('x');
    subject.fragment(1, last, Buffer.from(' last'), true);
    expect(told[0]?.dataSet).toBe('first last');
  });

  it('hands a data set to its sink piece by piece, and tells the message after its end', () => {
    const sink = recordingSink();
    const { subject, told } = assembler({ sink, limit: 2 });
    subject.fragment(1, command | last, store, true);
    subject.fragment(1, 0, Buffer.from('abc'), false);
    subject.fragment(1, 0, Buffer.from('de'), true);
    expect(told).toEqual([]);
    expect(subject.insideMessage).toBe(true);
    subject.fragment(1, last, Buffer.from('f'), false);
    subject.fragment(1, last, Buffer.from('g'), true);
    expect(sink.calls).toEqual(['write abc', 'write de', 'write f', 'write g', 'end']);
    expect(told).toHaveLength(1);
    expect(told[0]?.dataSet).toBeUndefined();
  });

  it('tells the sink of an unfinished data set when the association breaks, once', () => {
    const sink = recordingSink();
    const { subject } = assembler({ sink });
    subject.fragment(1, command | last, store, true);
    subject.fragment(1, 0, Buffer.from('abc'), true);
    subject.abort(new BrokerError('association-aborted', 'gone'));
    subject.abort(new BrokerError('association-aborted', 'again'));
    expect(sink.calls).toEqual(['write abc', 'abort gone']);
    expect(subject.insideMessage).toBe(false);
  });

  it('is inside a message from the first byte of a command', () => {
    const { subject } = assembler();
    subject.fragment(1, command, Buffer.alloc(0), true);
    expect(subject.insideMessage).toBe(true);
    subject.fragment(1, command | last, echo, true);
    expect(subject.insideMessage).toBe(false);
  });

  it.each<{ what: string; fragments: [number, number, Buffer][]; says: RegExp }>([
    {
      what: 'a data set without a command',
      fragments: [[1, last, Buffer.from('x')]],
      says: /data set without a command/,
    },
    {
      what: 'a data set in the middle of a command',
      fragments: [
        [1, command, store.subarray(0, 20)],
        [1, last, Buffer.from('x')],
      ],
      says: /data set without a command/,
    },
    {
      what: 'a data set in another context',
      fragments: [
        [1, command | last, store],
        [3, last, Buffer.from('x')],
      ],
      says: /presentation context 3 for a command in 1/,
    },
    {
      what: 'a command in two contexts',
      fragments: [
        [1, command, store.subarray(0, 20)],
        [3, command | last, store.subarray(20)],
      ],
      says: /two presentation contexts/,
    },
    {
      what: 'a command in two contexts, the first part of it empty',
      fragments: [
        [1, command, Buffer.alloc(0)],
        [3, command | last, store],
      ],
      says: /two presentation contexts/,
    },
    {
      what: 'a command instead of a data set',
      fragments: [
        [1, command | last, store],
        [1, command | last, echo],
      ],
      says: /before the data set of the last one had ended/,
    },
    {
      what: 'a data set that is too large',
      fragments: [
        [1, command | last, store],
        [1, 0, Buffer.alloc(600)],
        [1, last, Buffer.alloc(401)],
      ],
      says: /more than 1000 bytes/,
    },
    {
      what: 'a command that is too large',
      fragments: [[1, command, Buffer.alloc(16_385)]],
      says: /more than 16384 bytes/,
    },
  ])('refuses $what', ({ fragments, says }) => {
    const { subject } = assembler();
    const act = (): void => {
      for (const [context, control, bytes] of fragments) subject.fragment(context, control, bytes, true);
    };
    expect(act).toThrow(says);
  });

  it('keeps little memory where a peer sends a command in empty and tiny pieces without end', () => {
    const { subject } = assembler({ limit: 1 << 20 });
    const before = settledMemory();
    subject.fragment(1, command | last, store, true);
    for (let count = 0; count < 400_000; count += 1) {
      subject.fragment(1, 0, count % 2 === 0 ? Buffer.alloc(0) : Buffer.from([1]), true);
    }
    expect(settledMemory() - before).toBeLessThan(4 * 1024 * 1024);
    expect(subject.insideMessage).toBe(true);
  });
});
