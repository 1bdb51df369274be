import { describe, expect, it } from 'vitest';
import { isViewerTemplate, viewerUrl } from '../../../broker/domain/viewer-url.ts';

const study = { archive: 'MAIN', study: '1.2.3', patientId: 'a/b&c"é<' };

describe('the address of a study in a viewer', () => {
  it('names study, archive and patient where the template says', () => {
    expect(viewerUrl(' https://viewer.example/{archive}?s={study}&p={patientId} ', study)).toBe(
      'https://viewer.example/MAIN?s=1.2.3&p=a%2Fb%26c%22%C3%A9%3C',
    );
    expect(viewerUrl('http://localhost:3000/viewer?StudyInstanceUIDs={studyInstanceUIDs}', study)).toBe(
      'http://localhost:3000/viewer?StudyInstanceUIDs=1.2.3',
    );
  });

  it.each([
    '',
    'javascript:alert("{study}")',
    'file:///etc/passwd',
    'viewer.example/{study}',
    'https://',
    'https://{archive}/viewer',
    'https://{patientId}.example/',
    'https://user@viewer.example/{study}',
    'https://viewer.example/{unknown}',
    'https://viewer.example/{study',
    'https://viewer.example/a b',
    'https:\\\\viewer.example/{study}',
  ])('is none of the template %j', (template) => {
    expect(viewerUrl(template, study)).toBeUndefined();
    expect(isViewerTemplate(template)).toBe(false);
  });

  it('goes where the template says, whatever the study is called', () => {
    const hostile = { archive: '..', study: '@evil.example', patientId: '?x=1#//evil.example/{study}' };
    const url = viewerUrl('https://viewer.example/open/{archive}/{study}?p={patientId}', hostile);
    expect(url === undefined ? '' : new URL(url).host).toBe('viewer.example');
    expect(url).toContain('p=%3Fx%3D1%23%2F%2Fevil.example%2F%7Bstudy%7D');
  });
});
