import { describe, expect, it } from 'vitest';
import type { ReceiverEvents } from '../../../broker/receiving/receiver.ts';
import { ReceiverTaps } from '../../../broker/receiving/receiver-taps.ts';

function recorder(): { events: ReceiverEvents; seen: string[] } {
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(name);
  return {
    seen,
    events: {
      stored: note('stored'),
      receiving: note('receiving'),
      refused: note('refused'),
      association: note('association'),
      listening: note('listening'),
      crashed: note('crashed'),
    },
  };
}

const association = {
  association: '1',
  what: 'opened',
  peer: '::1',
  callingAeTitle: 'A',
  open: 1,
  reason: undefined,
} as const;

describe('taps of the receiving thread', () => {
  it('hear what is told as long as they are there; its owner hears it always', () => {
    const owner = recorder();
    const listener = recorder();
    const taps = new ReceiverTaps(owner.events);
    const tap = taps.tap(listener.events);
    taps.association(association);
    taps.listening();
    tap[Symbol.dispose]();
    taps.association(association);
    expect(owner.seen).toEqual(['association', 'listening', 'association']);
    expect(listener.seen).toEqual(['association']);
  });
});
