import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactText } from '../../../broker/observe/text-redaction.ts';

describe('redactText', () => {
  it.each([
    ['PatientName=DOE^JANE', 'PatientName=[redacted]'],
    ['archive refused PatientID: 4711 twice\nnext line', 'archive refused PatientID: [redacted]\nnext line'],
    ['(0010,0010) PN [DOE^JANE] # 8', '(0010,0010) PN [redacted]'],
    ['{"patientName":"DOE \\"J\\"","status":3}', '{"patientName":[redacted],"status":3}'],
    ['GET /studies?PatientName=DOE&limit=3 HTTP/1.1', 'GET /studies?PatientName=[redacted]&limit=3 HTTP/1.1'],
    ['asked http://me:pw@host:80/x for it', 'asked http://[redacted]@host:80/x for it'],
    ['with Bearer abcdefghijk.lmn', 'with Bearer [redacted]'],
    ['cause: PatientName=X; status: 3', 'cause: PatientName=[redacted]; status: 3'],
    ['Token=abc', 'Token=[redacted]'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each([
    'MAIN-PACS refused the connection: it does not know our AE title BROKER.',
    'http://127.0.0.1:4567/qido-rs/studies/1.2.3?limit=10',
    'Basic Application Level Confidentiality Profile',
    'really? yes=no: 12:30',
    'StudyInstanceUID=1.2.3',
  ])('leaves: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('changes nothing the second time', () => {
    const piece = fc.constantFrom(
      'PatientName',
      '=',
      ':',
      ' ',
      '&',
      '?',
      '"',
      'DOE',
      '\n',
      '00100010',
      'limit',
      '3',
      ';',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const once = redactText(pieces.join(''));
        expect(redactText(once)).toBe(once);
      }),
    );
  });

  it('costs little on text that is made to be costly', () => {
    const hostile = ['a:', 'PatientName=', '://', '?a=', 'Basic ', '"', '(0010,'];
    const started = performance.now();
    for (const text of hostile) redactText(text.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
