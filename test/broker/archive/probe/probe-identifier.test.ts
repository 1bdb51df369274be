import { describe, expect, it } from 'vitest';
import { probeAnswer } from '../../../../broker/archive/probe/probe-answer.ts';
import { probeIdentifiers } from '../../../../broker/archive/probe/probe-identifier.ts';

function identifierOf(keys: Record<string, string>, returnKeys: string[] = []): unknown {
  const list = Object.entries(keys).map(([attribute, value]) => ({ attribute, value }));
  return probeIdentifiers({ level: 'study', keys: list, returnKeys })[0];
}

describe('the identifier of a probe', () => {
  it('has just the keys that were named, and the unique key of the level', () => {
    expect(identifierOf({ PatientName: 'DOE*', '00080020': '20260101-' }, ['ModalitiesInStudy'])).toEqual({
      '00080052': { vr: 'CS', Value: ['STUDY'] },
      '00080020': { vr: 'DA', Value: ['20260101-'] },
      '00080061': { vr: 'CS' },
      '00100010': { vr: 'PN', Value: ['DOE*'] },
      '0020000D': { vr: 'UI' },
    });
  });

  it('takes a key without a value as one to be returned', () => {
    expect(identifierOf({ PatientID: ' ' })).toMatchObject({ '00100020': { vr: 'LO' } });
  });

  it('reaches into sequences', () => {
    expect(identifierOf({ 'ProcedureCodeSequence.CodeValue': '1' })).toMatchObject({
      '00081032': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['1'] } }] },
    });
  });

  it.each([
    [{ StudyDate: 'yesterday' }, /StudyDate .*must be a date YYYYMMDD/],
    [{ PatientNam: 'X' }, /is no attribute.*Did you mean PatientName\?/],
    [{ PatientName: 'A', '00100010': 'B' }, /given twice/],
    [{ StudyInstanceUID: '1.2,,3' }, /empty UID/],
    [{ ProcedureCodeSequence: 'X' }, /is a sequence/],
    [{ QueryRetrieveLevel: 'STUDY' }, /set by the gateway/],
  ])('refuses %j in words', (keys, words) => {
    expect(() => identifierOf(keys as unknown as Record<string, string>)).toThrow(words);
  });
});

describe('an answer of a probe', () => {
  it('is text by tag', () => {
    expect(
      probeAnswer({
        '00080061': { vr: 'CS', Value: ['CT', 'SR'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
        '00201208': { vr: 'IS', Value: [12] },
        '00081032': { vr: 'SQ', Value: [{}, {}] },
        '00091001': { vr: 'UN', InlineBinary: 'AAAA' },
        '00080090': { vr: 'PN' },
      }),
    ).toEqual({
      '00080061': 'CT\\SR',
      '00100010': 'Yamada^Tarou=山田^太郎',
      '00201208': '12',
      '00081032': '2 items',
      '00091001': '3 bytes',
      '00080090': '',
    });
  });

  it('is bounded whatever an archive sends', () => {
    const long = probeAnswer({ '00080090': { vr: 'LO', Value: ['x'.repeat(100_000)] } });
    expect(long['00080090']).toHaveLength(1_024);
    const wide = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`0009${String(1000 + index)}`, { vr: 'LO' }]),
    );
    expect(Object.keys(probeAnswer(wide))).toHaveLength(200);
  });
});
