import { describe, expect, it } from 'vitest';
import type { CheckAddress } from '../../../../broker/archive/check/check-event.ts';
import type { CheckArrival } from '../../../../broker/archive/check/check-receiver.ts';
import {
  arrivedDetail,
  notArrived,
  notSent,
} from '../../../../broker/archive/check/check-reception-words.ts';
import { BrokerError } from '../../../../broker/domain/errors.ts';

const address: CheckAddress = {
  name: 'default',
  aeTitle: 'MAIN-PACS',
  host: '10.1.2.3',
  port: 104,
  callingAeTitle: 'BROKER',
  retrieveMethod: 'auto',
};
const place = { aeTitle: 'BROKERSCP', host: '0.0.0.0', port: 11_112 };
const end = { status: 0, comment: undefined, remaining: 0, completed: 1, failed: 0, warning: 0 };
const couldNotSend = new BrokerError('archive-refused', 'MAIN-PACS answered 0xA702.', {
  dimseStatus: 0xa702,
});

function facts(...arrivals: CheckArrival[]) {
  return { method: 'c-move' as const, address, reception: { place, arrivals } };
}

describe('why a test retrieval was not sent', () => {
  it('stays as the archive said it where the destination is not known, or it is no matter of the way', () => {
    const unknown = new BrokerError('archive-refused', 'unknown', { dimseStatus: 0xa801 });
    expect(notSent({ error: unknown, ...facts() })).toBe(unknown);
    const noRight = new BrokerError('archive-refused', 'no right', { dimseStatus: 0x0124 });
    expect(notSent({ error: noRight, ...facts() })).toBe(noRight);
  });

  it('is that nothing reached us where the archive could not send', () => {
    const error = notSent({ error: couldNotSend, ...facts() });
    expect(error.message).toBe(
      'MAIN-PACS answered 0xA702. Nothing has reached our storage SCP BROKERSCP on port 11112 meanwhile.',
    );
    expect(error.remedy).toMatch(/compare the address and the port that BROKERSCP is registered with/);
    expect(error.dimseStatus).toBe(0xa702);
  });

  it('is what our storage SCP turned away', () => {
    const rejected = {
      kind: 'rejected',
      callingAeTitle: 'MAIN-PACS',
      peer: '10.1.2.3',
      reason: 'it called BROKER, this is BROKERSCP',
    } as const;
    const error = notSent({ error: couldNotSend, ...facts(rejected) });
    expect(error.message).toContain('turned away: it called BROKER, this is BROKERSCP');
    expect(error.remedy).toContain('it is BROKERSCP, exactly so');
    expect(error.dimseStatus).toBe(0xa702);
  });
});

describe('why an image did not come', () => {
  it('is the address, the port or a firewall where nothing reached us', () => {
    const error = notArrived({ end, waitedMs: 15_000, ...facts() });
    expect(error.message).toBe(
      'MAIN-PACS says that it has sent the image, but nothing has reached port 11112 of this machine within 15 s.',
    );
    expect(error.remedy).toMatch(/firewall of this machine.*port 11112/);
  });

  it('is our own setting where the storage SCP listens on loopback and the archive is elsewhere', () => {
    const local = { ...facts(), reception: { place: { ...place, host: '127.0.0.1' }, arrivals: [] } };
    expect(notArrived({ end, waitedMs: 15_000, ...local }).remedy).toMatch(
      /listens on 127\.0\.0\.1 only.*scp\.local_host/,
    );
    const beside = { ...local, address: { ...address, host: 'localhost' } };
    expect(notArrived({ end, waitedMs: 15_000, ...beside }).remedy).toMatch(/firewall/);
  });

  it('is the archive itself where it reached us and sent nothing', () => {
    const opened = { kind: 'opened', callingAeTitle: 'MAIN-PACS', peer: '10.1.2.3' } as const;
    expect(notArrived({ end, waitedMs: 15_000, ...facts(opened) }).message).toBe(
      'MAIN-PACS at 10.1.2.3 reached our storage SCP, but sent no image within 15 s.',
    );
  });

  it('is told by the counts of the archive', () => {
    const failed = { ...end, completed: 0, failed: 1, status: 0xb000 };
    expect(notArrived({ end: failed, waitedMs: 15_000, ...facts() }).message).toContain(
      'could not send the image',
    );
  });

  it('is what we refused it for', () => {
    const refused = {
      kind: 'refused',
      instance: '1.2',
      callingAeTitle: 'MAIN-PACS',
      comment: 'The disk is full',
    } as const;
    expect(notArrived({ end, waitedMs: 15_000, ...facts(refused) }).message).toBe(
      'The image came from MAIN-PACS, but was refused here: The disk is full.',
    );
  });

  it('is told of C-GET without a word about addresses', () => {
    const error = notArrived({ end, waitedMs: 15_000, ...facts(), method: 'c-get' });
    expect(error.message).toContain('ended the C-GET without sending the image');
    expect(error.remedy).not.toContain('firewall');
  });
});

describe('how an image came', () => {
  const stored = { kind: 'stored', instance: '1.2', bytes: 524_288 } as const;

  it('is told with its size', () => {
    expect(arrivedDetail({ ...facts(stored), instance: '1.2' })).toBe('The image came (525 kB).');
    const large = { ...stored, bytes: 12_345_678 };
    expect(arrivedDetail({ ...facts(large), instance: '1.2' })).toBe('The image came (12.3 MB).');
  });

  it('is told with its sender where that is another than expected', () => {
    const opened = { kind: 'opened', callingAeTitle: 'STORE1', peer: '10.1.2.4' } as const;
    expect(arrivedDetail({ ...facts(opened, stored), instance: '1.2' })).toMatch(
      /AE title STORE1, not MAIN-PACS/,
    );
  });
});
