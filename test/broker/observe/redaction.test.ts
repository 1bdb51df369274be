import { describe, expect, it } from 'vitest';
import { redactFields } from '../../../broker/observe/redaction.ts';

/** What must not be found anywhere in what comes out. */
const secrets = ['DOE', 'JANE', '19700101', 'MRN-4711', 'ACC-0815'];

function logged(fields: object): string {
  return JSON.stringify(redactFields(fields));
}

describe('redactFields', () => {
  it.each([
    ['keywords', { PatientName: 'DOE^JANE', PatientID: 'MRN-4711', PatientBirthDate: '19700101' }],
    ['camel case', { patientName: 'DOE^JANE', patientId: 'MRN-4711', accessionNumber: 'ACC-0815' }],
    ['snake case and headers', { patient_name: 'DOE^JANE', 'patient-id': 'MRN-4711' }],
    [
      'tags',
      { '00100010': 'DOE^JANE', '00100020': 'MRN-4711', '00100030': '19700101', '00080050': 'ACC-0815' },
    ],
    ['tags in dump form', { '(0010,0010)': 'DOE^JANE', '0010,0020': 'MRN-4711' }],
    ['DICOM JSON', { dataSet: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] } } }],
    [
      'sequences',
      { a: { '00081110': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['MRN-4711'] } }] } } },
    ],
    ['private and unknown tags', { '00091001': 'DOE^JANE', '77770010': { vr: 'UN', InlineBinary: 'JANE' } }],
    ['other person names', { ReferringPhysicianName: 'DOE', operatorsName: 'JANE', '00081048': 'DOE' }],
    ['dotted paths', { 'RequestAttributesSequence.AccessionNumber': 'ACC-0815', 'a.00100020': 'MRN-4711' }],
    ['a patient object', { patient: { first: 'JANE', last: 'DOE' } }],
    ['pairs of tag and value', { filters: [{ tag: '00100010', value: 'DOE*' }] }],
    ['pairs of keyword and values', { filters: [{ keyword: 'PatientID', values: ['MRN-4711'] }] }],
    ['maps', { filters: new Map([['PatientName', 'DOE']]) }],
    ['lists of entries', { filters: [['PatientName', 'DOE']] }],
    ['URLs', { url: '/studies?PatientName=DOE^JANE&00100020=MRN-4711&limit=1' }],
    ['URL objects', { at: new URL('http://a/studies?PatientName=DOE') }],
    ['query strings', { query: 'PatientName=DOE&x=JANE', search: '?y=JANE' }],
    ['texts', { text: 'refused PatientName=DOE^JANE' }],
    ['errors', { err: new Error('no match for 00100020=MRN-4711') }],
    ['causes', { err: new Error('x', { cause: new Error('PatientID: MRN-4711') }) }],
    ['fields of errors', { err: Object.assign(new Error('x'), { patientName: 'DOE' }) }],
  ])('hides people in %s', (_name, fields) => {
    const text = logged(fields);
    expect(text).toContain('[redacted]');
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it.each([
    ['authorization', { authorization: 'Bearer sesame-open' }],
    [
      'headers',
      { headers: { Authorization: 'Basic c2VzYW1l', cookie: 'a=sesame-open', 'x-api-key': 'sesame-open' } },
    ],
    [
      'names with more around',
      { accessToken: 'sesame-open', control_token: 'sesame-open', dbPassword: 'sesame-open' },
    ],
    ['texts', { note: 'sent Bearer sesame-open to it', other: 'sent Basic c2VzYW1lLW9wZW4=' }],
    [
      'user information of URLs',
      { url: 'http://me:sesame-open@host/x', text: 'GET http://me:sesame-open@host/x' },
    ],
  ])('hides credentials in %s', (_name, fields) => {
    expect(logged(fields)).not.toMatch(/sesame|c2VzYW1l/);
  });

  it('leaves what support needs', () => {
    const fields = {
      studyInstanceUid: '1.2.840.113619.2.1',
      '0020000D': { vr: 'UI', Value: ['1.2.3'] },
      '00080060': { vr: 'CS', Value: ['CT'] },
      url: '/studies/1.2.3/series?limit=3&StudyInstanceUID=1.2',
      archive: 'MAIN-PACS',
      status: 0xa801,
      path: '/var/lib/cache',
      name: 'CT',
      value: 7,
      ready: false,
      nothing: null,
    };
    expect(redactFields(fields)).toEqual(fields);
  });

  it('shows type, message, code, cause and stack of an error', () => {
    const error = Object.assign(new TypeError('no route', { cause: new Error('inner') }), {
      code: 'EHOSTUNREACH',
    });
    expect(redactFields({ err: error })).toEqual({
      err: {
        type: 'TypeError',
        message: 'no route',
        code: 'EHOSTUNREACH',
        stack: expect.stringMatching(/^at .*redaction\.test\.ts/) as unknown,
        cause: { type: 'Error', message: 'inner', stack: expect.any(String) as unknown },
      },
    });
    expect(redactFields(error)).toEqual(redactFields({ err: error }));
  });

  it('gives the number of bytes instead of bytes', () => {
    expect(redactFields({ body: Buffer.from('DOE^JANE') })).toEqual({ body: '[8 bytes]' });
  });

  it('ends on objects that lead back to themselves, within bounds', () => {
    const wide: Record<string, unknown> = {};
    for (let i = 0; i < 300; i += 1) wide[`branch${String(i)}`] = wide;
    expect(logged({ wide }).length).toBeLessThan(200_000);
    const deep: Record<string, unknown> = {};
    deep['deep'] = deep;
    expect(logged(deep)).toContain('[too deep]');
  });

  it('cuts lists and texts that are too long', () => {
    const { list, text } = redactFields({ list: Array(500).fill(1), text: 'x'.repeat(10_000) });
    expect(list).toHaveLength(101);
    expect((list as unknown[]).at(-1)).toBe('… (500 entries)');
    expect(text).toHaveLength(4096 + '… (10000 characters)'.length);
  });

  it('never throws', () => {
    const hostile = {
      get trap(): never {
        throw new RangeError('DOE^JANE');
      },
    };
    expect(redactFields(hostile)).toEqual({ unloggable: 'RangeError' });
  });
});
