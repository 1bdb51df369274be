import { describe, expect, it } from 'vitest';
import { heldRetrievals } from '../../renderer/screens/overview/held-retrievals.ts';
import { placeToMend } from '../../renderer/screens/overview/place-to-mend.ts';
import { extentOf, kindOf, nameOf, outlookOf } from '../../renderer/screens/overview/retrieval-words.ts';
import { plotData, throughputText } from '../../renderer/screens/overview/throughput-text.ts';
import { scriptedRetrieval } from '../support/control/scripted-state.ts';

const english = 'en-GB';

describe('a retrieval in words', () => {
  it('has the name of the patient, and the UID until that is known', () => {
    expect(nameOf(scriptedRetrieval())).toBe('DOE^JANE');
    expect(nameOf(scriptedRetrieval({ patientName: undefined, study: '1.2.3' }))).toBe('1.2.3');
  });

  it('says the modality once', () => {
    expect(kindOf(scriptedRetrieval({ modality: 'CT', description: 'CT chest' }))).toBe('CT chest');
    expect(kindOf(scriptedRetrieval({ modality: 'MR', description: 'Knee' }))).toBe('MR Knee');
    expect(kindOf(scriptedRetrieval({ modality: undefined, description: undefined }))).toBe('');
  });

  it('says how far it is, also while nobody knows how many there are', () => {
    expect(extentOf(scriptedRetrieval({ received: 1_312, expected: 4_000 }), english)).toBe('1,312 of 4,000');
    expect(extentOf(scriptedRetrieval({ received: 1, expected: undefined }), english)).toBe('1 image');
  });

  it('says what comes next', () => {
    expect(outlookOf(scriptedRetrieval({ secondsLeft: 4 }))).toBe('4 s left');
    expect(outlookOf(scriptedRetrieval({ secondsLeft: undefined, attempt: 2 }))).toBe('attempt 2');
    expect(outlookOf(scriptedRetrieval({ state: 'waiting to retry' }))).toBe('will try again');
  });
});

describe('retrievals that are pointed at', () => {
  const [first, second, third] = ['1', '2', '3'].map((id) => scriptedRetrieval({ id })) as [
    ReturnType<typeof scriptedRetrieval>,
    ReturnType<typeof scriptedRetrieval>,
    ReturnType<typeof scriptedRetrieval>,
  ];

  it('keep their places where one before them ends', () => {
    const held = heldRetrievals([first, second], [second, third]);
    expect(held.map(({ retrieval, isOver }) => [retrieval.id, isOver])).toEqual([
      ['1', true],
      ['2', false],
      ['3', false],
    ]);
  });

  it('show what is known now', () => {
    const held = heldRetrievals([first], [{ ...first, received: 400 }]);
    expect(held[0]?.retrieval.received).toBe(400);
  });
});

describe('the way to mend a problem', () => {
  it.each([
    ['archive MAIN PACS', '#/archives/MAIN%20PACS'],
    ['storage SCP', '#/settings/scp'],
    ['DICOMweb', '#/settings/http'],
    ['cache', '#/cache'],
    ['anything else', '#/logs'],
  ])('of %s leads to %s', (component, href) => expect(placeToMend(component).href).toBe(href));
});

describe('the plot of throughput', () => {
  const samples = [
    { at: '2026-11-25T10:00:00.000Z', received: 10_000_000, sent: 0 },
    { at: '2026-11-25T10:00:01.000Z', received: 30_000_000, sent: 5_000_000 },
  ];

  it('is told in a sentence', () => {
    expect(throughputText(samples, english)).toBe(
      'Throughput of the last five minutes. From archives: on average 20 MB/s, at most 30 MB/s. ' +
        'To viewers: on average 2.5 MB/s, at most 5 MB/s.',
    );
    expect(throughputText([])).toBe('No throughput was measured yet.');
  });

  it('has seconds, received and sent', () => {
    const start = Date.parse(samples[0]!.at) / 1_000;
    expect(plotData(samples)).toEqual([
      [start, start + 1],
      [10_000_000, 30_000_000],
      [0, 5_000_000],
    ]);
  });
});
