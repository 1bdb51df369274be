import { describe, expect, it } from 'vitest';
import { redactUrl } from '../../../broker/observe/url-redaction.ts';

describe('redactUrl', () => {
  it.each([
    ['/studies', '/studies'],
    ['/studies?limit=101&offset=0&fuzzymatching=false', '/studies?limit=101&offset=0&fuzzymatching=false'],
    ['/studies?includefield=00081030%2C00080060', '/studies?includefield=00081030%2C00080060'],
    [
      '/s?StudyInstanceUID=1.2%5C3.4&ModalitiesInStudy=CT',
      '/s?StudyInstanceUID=1.2%5C3.4&ModalitiesInStudy=CT',
    ],
    ['/s?PatientName=DOE*&00100020=12', '/s?PatientName=[redacted]&00100020=[redacted]'],
    ['/s?StudyDescription=knee+DOE', '/s?StudyDescription=[redacted]'],
    ['/s?%50atientName=DOE', '/s?PatientName=[redacted]'],
    ['/s?StudyDate=20240101-20240131', '/s?StudyDate=[redacted]'],
  ])('%s', (url, expected) => {
    expect(redactUrl(url)).toBe(expected);
  });

  it('hides values of harmless parameters that do not have their form', () => {
    expect(redactUrl('/s?limit=DOE&StudyInstanceUID=DOE&modality=Doe%20Jane')).toBe(
      '/s?limit=[redacted]&StudyInstanceUID=[redacted]&modality=[redacted]',
    );
  });

  it('hides what stands where a name belongs', () => {
    expect(redactUrl('/s?DOE^JANE')).toBe('/s?[redacted]');
    expect(redactUrl('/s?DOE&=DOE&DOE%5EJANE=1')).toBe('/s?[redacted]&[redacted]&[redacted]');
  });

  it('takes broken escapes', () => {
    expect(redactUrl('/s?limit=%E0%A4%A&%E0%A4%A=3')).toBe('/s?limit=[redacted]&[redacted]');
  });

  it('leaves out user information and fragment', () => {
    expect(redactUrl('http://me:pw@host:4567/s?limit=1#PatientName=DOE')).toBe('http://host:4567/s?limit=1');
  });
});
