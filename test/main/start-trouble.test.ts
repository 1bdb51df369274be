import { expect, it } from 'vitest';
import { BrokerError } from '../../broker/domain/errors.ts';
import { RestartDelay } from '../../main/restart-delay.ts';
import { startTrouble } from '../../main/start-trouble.ts';

function failure(reason: string): unknown {
  return new BrokerError('configuration', `DICOMweb cannot listen (http.port): ${reason}.`);
}

it('a port that is taken may become free; it says what to do meanwhile', () => {
  expect(startTrouble(failure('listen EADDRINUSE: address already in use 127.0.0.1:80'))).toEqual({
    mayHeal: true,
    trouble: {
      code: 'configuration',
      message: expect.stringContaining('http.port') as string,
      remedy: expect.stringContaining('choose another port') as string,
    },
  });
});

it('a right that is missing does not come by waiting', () => {
  expect(startTrouble(failure('listen EACCES: permission denied 0.0.0.0:80')).mayHeal).toBe(false);
});

it('keeps what the error itself advises, and does not explain a defect to users', () => {
  const advised = new BrokerError('configuration', 'The cache is used.', { remedy: 'Stop the other one.' });
  expect(startTrouble(advised).trouble).toMatchObject({ remedy: 'Stop the other one.' });
  expect(startTrouble(new TypeError('x is undefined')).trouble.message).not.toContain('undefined');
});

it('waits twice as long after each failure, a minute at most, and a second again after a success', () => {
  const delay = new RestartDelay();
  expect(Array.from({ length: 8 }, () => delay.next() / 1000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  delay.succeeded();
  expect(delay.next()).toBe(1000);
});
