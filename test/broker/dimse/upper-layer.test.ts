import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CommandField, type CommandSet } from '../../../broker/dimse/command-set.ts';
import { UpperLayer } from '../../../broker/dimse/upper-layer.ts';

/** Takes down what each write to the system would be. */
class FakeSocket extends Duplex {
  readonly writes: Buffer[] = [];

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  override _read(): void {
    // The peer says nothing.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }
}

const command: CommandSet = {
  commandField: CommandField.cStoreRq,
  hasDataSet: true,
  messageId: 1,
  affectedSopClassUid: '1.2.840.10008.5.1.4.1.1.7',
  affectedSopInstanceUid: '1.2.3',
  priority: 0,
};

function opened(): { socket: FakeSocket; layer: UpperLayer } {
  const socket = new FakeSocket();
  const nothing = (): void => undefined;
  const listener = { associate: nothing, closed: nothing, message: nothing, command: nothing };
  const options = {
    peer: 'PEER',
    maxPduLength: 16_384,
    transferTimeoutMs: 1_000,
    maxIdentifierLength: 1_000,
    quickAck: undefined,
  };
  return { socket, layer: new UpperLayer(socket as unknown as Socket, listener as never, options) };
}

describe('a message whose data set comes in pieces', () => {
  it('begins with one write of its command and the first piece', () => {
    const { socket, layer } = opened();
    layer.beginMessage(3, command);
    expect(socket.writes).toEqual([]);
    layer.sendDataSetPart(3, Buffer.from('the first '), false);
    expect(socket.writes).toHaveLength(1);
    const [first] = socket.writes;
    expect(first?.includes('1.2.840.10008.5.1.4.1.1.7')).toBe(true);
    expect(first?.subarray(-10).toString()).toBe('the first ');
    layer.sendDataSetPart(3, Buffer.from('the second'), true);
    expect(socket.writes[1]?.length).toBe(12 + 10);
  });

  it('tells the peer nothing where it is broken off before its first piece', () => {
    const { socket, layer } = opened();
    layer.beginMessage(3, command);
    layer.release();
    expect(socket.writes.map((write) => write[0])).toEqual([5]);
  });
});
