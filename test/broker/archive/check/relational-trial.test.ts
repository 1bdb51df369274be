import { describe, expect, it } from 'vitest';
import { answersRelational } from '../../../../broker/archive/check/relational-trial.ts';
import type { AskStep } from '../../../../broker/archive/check/sample-instance.ts';
import { BrokerError } from '../../../../broker/domain/errors.ts';
import { parseUid } from '../../../../broker/domain/uid.ts';

const study = parseUid('1.2', 'It');

/** An archive whose study has these series; `relational`: those that it answers to a query without the study. */
function archiveOf(series: readonly string[], relational: readonly string[] | BrokerError): AskStep {
  return async function* (step) {
    if (step.study === undefined && relational instanceof BrokerError) throw relational;
    const uids = step.study === undefined ? (relational as readonly string[]) : series;
    for (const uid of uids) yield await Promise.resolve({ '0020000E': { vr: 'UI', Value: [uid] } });
  };
}

describe('relational queries', () => {
  it.each<[string, readonly string[] | BrokerError, boolean]>([
    ['work where the series is found without its study', ['1.2.1'], true],
    ['do not where nothing is found', [], false],
    ['do not where the key is not matched', ['9.9'], false],
    ['do not where they are refused', new BrokerError('archive-refused', 'No.'), false],
  ])('%s', async (_what, relational, works) => {
    expect(await answersRelational(study, archiveOf(['1.2.1', '1.2.2'], relational))).toBe(works);
  });

  it('cannot be tried with a study that has no series', async () => {
    expect(await answersRelational(study, archiveOf([], ['1.2.1']))).toBeUndefined();
  });

  it('stay unknown where the archive breaks off', async () => {
    const broken = archiveOf(['1.2.1'], new BrokerError('archive-timeout', 'Silent.'));
    await expect(answersRelational(study, broken)).rejects.toThrow('Silent.');
  });
});
