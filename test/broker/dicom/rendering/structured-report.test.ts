import { describe, expect, it } from 'vitest';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { escapeMarkup } from '../../../../broker/dicom/rendering/escape-markup.ts';
import {
  readableDate,
  readableDateTime,
  readableName,
  readableTime,
} from '../../../../broker/dicom/rendering/readable-values.ts';
import { reportHtml } from '../../../../broker/dicom/rendering/report-html.ts';
import { reportText } from '../../../../broker/dicom/rendering/report-text.ts';
import {
  isStructuredReport,
  structuredReport,
} from '../../../../broker/dicom/rendering/structured-report.ts';

function sequence(...items: DicomJson[]): DicomJson[string] {
  return { vr: 'SQ', Value: items };
}

function code(meaning: string, value = 'C'): DicomJson[string] {
  return sequence({ '00080100': { vr: 'SH', Value: [value] }, '00080104': { vr: 'LO', Value: [meaning] } });
}

function item(type: string, name: string, more: DicomJson): DicomJson {
  return { '0040A040': { vr: 'CS', Value: [type] }, '0040A043': code(name), ...more };
}

function report(...items: DicomJson[]): DicomJson {
  return {
    '0040A040': { vr: 'CS', Value: ['CONTAINER'] },
    '0040A043': code('Chest CT'),
    '0040A730': sequence(...items),
  };
}

function lines(...items: DicomJson[]): string[] {
  const { content } = structuredReport(report(...items), undefined);
  return content.map(({ label, value }) => `${label}: ${value}`);
}

describe('the items of a report', () => {
  it('are shown by their kinds', () => {
    expect(
      lines(
        item('TEXT', 'Finding', { '0040A160': { vr: 'UT', Value: ['A nodule.'] } }),
        item('NUM', 'Diameter', {
          '0040A300': sequence({
            '0040A30A': { vr: 'DS', Value: [3.5] },
            '004008EA': code('millimeter', 'mm'),
          }),
        }),
        item('NUM', 'Count', {
          '0040A300': sequence({ '0040A30A': { vr: 'DS', Value: [2] }, '004008EA': code('no units', '1') }),
        }),
        item('NUM', 'Volume', { '0040A301': code('Measurement failure') }),
        item('CODE', 'Site', { '0040A168': code('Left lung') }),
        item('PNAME', 'Observer', { '0040A123': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane^^Dr.' }] } }),
        item('DATE', 'Date', { '0040A121': { vr: 'DA', Value: ['20261125'] } }),
        item('TIME', 'Time', { '0040A122': { vr: 'TM', Value: ['140509.5'] } }),
        item('DATETIME', 'At', { '0040A120': { vr: 'DT', Value: ['20261125140509+0100'] } }),
        item('UIDREF', 'UID', { '0040A124': { vr: 'UI', Value: ['1.2.3'] } }),
        item('SCOORD', 'Outline', {
          '00700022': { vr: 'FL', Value: [1, 2] },
          '00700023': { vr: 'CS', Value: ['POINT'] },
        }),
        { '0040DB73': { vr: 'UL', Value: [1, 2, 3] } },
      ),
    ).toEqual([
      'Finding: A nodule.',
      'Diameter: 3.5 mm',
      'Count: 2',
      'Volume: Measurement failure',
      'Site: Left lung',
      'Observer: Dr. Jane Doe',
      'Date: 2026-11-25',
      'Time: 14:05:09',
      'At: 2026-11-25 14:05:09 +0100',
      'UID: 1.2.3',
      'Outline: POINT 1, 2',
      ': see item 1.2.3',
    ]);
  });

  it('that point at objects are links where the report names their series', () => {
    const image = item('IMAGE', 'Key image', {
      '00081199': sequence({
        '00081155': { vr: 'UI', Value: ['1.2.5'] },
        '00081160': { vr: 'IS', Value: [3, 4] },
      }),
    });
    const evidence = (instance: string): DicomJson => ({
      '0040A375': sequence({
        '0020000D': { vr: 'UI', Value: ['1.2'] },
        '00081115': sequence({
          '0020000E': { vr: 'UI', Value: ['1.3'] },
          '00081199': sequence({ '00081155': { vr: 'UI', Value: [instance] } }),
        }),
      }),
    });
    const read = (instance: string): (string | undefined)[] => {
      const { content } = structuredReport({ ...report(image), ...evidence(instance) }, '../../');
      return [content[0]?.value, content[0]?.link];
    };
    expect(read('1.2.5')).toEqual(['1.2.5, frames 3, 4', '../../1.2/series/1.3/instances/1.2.5/rendered']);
    expect(read('1.2.6')[1]).toBeUndefined();
  });

  it('that nest without end are cut off, and that is said', () => {
    let inner = item('TEXT', 'deep', { '0040A160': { vr: 'UT', Value: ['here'] } });
    for (let depth = 0; depth < 60; depth++) {
      inner = item('CONTAINER', `level ${depth}`, { '0040A730': sequence(inner) });
    }
    const cut = structuredReport(report(inner), undefined);
    expect(cut.leftOut).toBeGreaterThan(0);
    expect(reportHtml(cut)).toContain('left out here');
    expect(reportText(cut)).not.toContain('deep: here');
  });

  it('without number are cut off', () => {
    const short = item('TEXT', 'x', {});
    const cut = structuredReport(report(...Array.from({ length: 20_010 }, () => short)), undefined);
    expect(cut.content).toHaveLength(20_000);
    expect(cut.leftOut).toBe(10);
  });
});

describe('a report', () => {
  it('is told from other data sets by its content tree', () => {
    expect(isStructuredReport(report())).toBe(true);
    expect(isStructuredReport({ '00280010': { vr: 'US', Value: [1] } })).toBe(false);
  });

  it('has headings for containers, and escapes every value', () => {
    const section = item('CONTAINER', '<h1>Findings', {
      '0040A730': sequence(item('TEXT', 'a<b', { '0040A160': { vr: 'UT', Value: ['"x" & <y>'] } })),
    });
    const patient = { '00100010': { vr: 'PN', Value: [{ Alphabetic: '<b>Doe^Jane' }] } };
    const page = reportHtml(structuredReport({ ...report(section), ...patient }, undefined));
    expect(page).toContain('<h1>Chest CT</h1>');
    expect(page).toContain('<h2>&lt;h1&gt;Findings</h2>');
    expect(page).toContain('a&lt;b:</span> <span class="value">&quot;x&quot; &amp; &lt;y&gt;</span>');
    expect(page).toContain('<td>Jane &lt;b&gt;Doe</td>');
  });

  it('is indented as plain text, line for line', () => {
    const section = item('CONTAINER', 'Findings', {
      '0040A730': sequence(item('TEXT', 'Lung', { '0040A160': { vr: 'UT', Value: ['clear\r\nno nodule'] } })),
    });
    expect(reportText(structuredReport(report(section), undefined))).toBe(
      'Chest CT\n\n\n\nFindings\n  Lung: clear\n    no nodule\n',
    );
  });
});

describe('values as people read them', () => {
  it('stay as they are where they are not what they should be', () => {
    expect([readableDate('20261125'), readableDate('2026.11.25'), readableDate('soon')]).toEqual([
      '2026-11-25',
      '2026.11.25',
      'soon',
    ]);
    expect([readableTime('14'), readableTime('1405'), readableTime('2 pm')]).toEqual(['14', '14:05', '2 pm']);
    expect([readableDateTime('20261125'), readableDateTime('2026')]).toEqual(['2026-11-25', '2026']);
    expect([readableName('Doe'), readableName('Doe^Jane^^^III'), readableName('^')]).toEqual([
      'Doe',
      'Jane Doe III',
      '',
    ]);
  });

  it('hold no markup and no control characters', () => {
    expect(escapeMarkup(`<a href='"'>&\u0000\u001b`)).toBe(
      '&lt;a href=&#39;&quot;&#39;&gt;&amp;\ufffd\ufffd',
    );
    expect(escapeMarkup('line\nbreak\tand ü山')).toBe('line\nbreak\tand ü山');
  });
});
