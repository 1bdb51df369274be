import { describe, expect, it } from 'vitest';
import { withinLimit } from '../../../../broker/archive/check/step-limit.ts';

const what = 'The answer';
const never = new AbortController().signal;

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });
}

describe('the limit of a step', () => {
  it('gives what the work gives', async () => {
    expect(await withinLimit({ limitMs: 5_000, what, signal: never }, () => Promise.resolve('found'))).toBe(
      'found',
    );
  });

  it('stops the work when the time is up, and says so', async () => {
    const limited = withinLimit({ limitMs: 10, what, signal: never }, untilAborted);
    await expect(limited).rejects.toMatchObject({
      code: 'archive-timeout',
      message: 'The answer took longer than 0.01 s.',
    });
  });

  it('throws what the work throws before that', async () => {
    const failing = withinLimit({ limitMs: 5_000, what, signal: never }, () =>
      Promise.reject(new Error('broken')),
    );
    await expect(failing).rejects.toThrow('broken');
  });

  it('stops the work on the signal', async () => {
    const controller = new AbortController();
    const limited = withinLimit({ limitMs: 60_000, what, signal: controller.signal }, untilAborted);
    controller.abort();
    await expect(limited).rejects.toThrow('aborted');
  });
});
