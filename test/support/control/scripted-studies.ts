import type { CachedStudy } from '../../../broker/control/contract/cached.ts';
import { ago, markup } from './scripted-state.ts';

const names = ['DOE^JANE', 'MÜLLER^ANNA', 'YAMADA^TAROU', 'SMITH^JOHN^Q', markup, 'ΠΑΠΑΔΟΠΟΥΛΟΣ^ΝΙΚΟΣ'];
const descriptions = [
  'CT chest',
  'MR brain with contrast',
  'XR hand, two views',
  'US abdomen',
  'PET whole body',
];
const modalities = ['CT', 'MR', 'DX', 'US', 'PT'];

/** Studies in the cache, the same ones each time. */
export function scriptedStudies(count: number): CachedStudy[] {
  return Array.from({ length: count }, (_, index): CachedStudy => {
    const kind = index % modalities.length;
    const instances = 2 + ((index * 137) % 1_200);
    return {
      archive: index % 4 === 3 ? 'SECOND' : 'MAIN',
      study: `1.2.826.0.1.3680043.8.498.${1_000 + index}`,
      patientName: names[index % names.length]!,
      patientId: `P${String(100_000 + index * 7)}`,
      studyDate: `2026${String(1 + (index % 11)).padStart(2, '0')}${String(1 + (index % 28)).padStart(2, '0')}`,
      description: descriptions[kind]!,
      modalities: kind === 4 ? ['PT', 'CT'] : [modalities[kind]!],
      series: 1 + (index % 9),
      instances,
      bytes: instances * 525_000,
      firstReceivedAt: ago(3_000 + index * 61),
      lastUsedAt: ago(60 + index * 53),
      state: index === 0 ? 'receiving' : index % 13 === 5 ? 'partial' : 'complete',
      isPinned: index % 11 === 2,
    };
  });
}

/** Answers of a C-FIND at study level, by tag. */
export function scriptedAnswers(count: number): Record<string, string>[] {
  return scriptedStudies(count).map((study) => ({
    '00100010': study.patientName,
    '00100020': study.patientId,
    '00080020': study.studyDate,
    '00081030': study.description,
    '00080061': study.modalities.join('\\'),
    '00201208': String(study.instances),
    '0020000D': study.study,
  }));
}
