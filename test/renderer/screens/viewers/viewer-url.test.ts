import { describe, expect, it } from 'vitest';
import { isViewerTemplate, viewerUrl } from '../../../../renderer/screens/viewers/viewer-url.ts';

const study = { archive: 'MAIN', study: '1.2.3', patientId: 'a/b&c"' };

describe('the address of a study in a viewer', () => {
  it('names study, archive and patient where the template says', () => {
    expect(viewerUrl('https://viewer.example/{archive}?s={study}&p={patientId}', study)).toBe(
      'https://viewer.example/MAIN?s=1.2.3&p=a%2Fb%26c%22',
    );
  });

  it.each(['', 'javascript:alert("{study}")', 'file:///etc/passwd', 'viewer.example/{study}', 'https://'])(
    'is none of the template %j',
    (template) => {
      expect(viewerUrl(template, study)).toBeUndefined();
      expect(isViewerTemplate(template)).toBe(false);
    },
  );
});
