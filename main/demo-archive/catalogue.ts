import { attributeOf } from './attributes.ts';
import type { Keyword, QueryLevel, Values } from './attributes.ts';
import type { DemoInstance } from './demo-instance.ts';
import { matches } from './matching.ts';

/** What a query asks for: keyword to wanted value, an empty one where only the value is to be returned. */
export type Identifier = ReadonlyMap<Keyword, string>;

const levels: readonly QueryLevel[] = ['STUDY', 'SERIES', 'IMAGE'];

/** The unique key of each level (PS3.4 C.6.2.1). */
export const uidOfLevel = {
  STUDY: 'StudyInstanceUID',
  SERIES: 'SeriesInstanceUID',
  IMAGE: 'SOPInstanceUID',
} as const;

/** The text as a query level, or undefined. */
export function queryLevelOf(text: string | undefined): QueryLevel | undefined {
  return levels.find((level) => level === text);
}

/** Finds studies, series and instances among those that it was made with. */
export class Catalogue {
  readonly #records: readonly { readonly item: DemoInstance; readonly values: Values }[];

  constructor(instances: readonly DemoInstance[]) {
    this.#records = instances.map((item) => ({
      item,
      values: { ...item.values, ...counts(item, instances) },
    }));
  }

  /** The instances that the identifier matches; keys below `level` are left out of account. */
  instances(level: QueryLevel, identifier: Identifier): DemoInstance[] {
    return this.#matching(level, identifier).map(({ item }) => item);
  }

  /**
   * One answer per study, series or instance: the attributes asked for as far as they are known at
   * that level (PS3.4 C.4.1.1.3), the level's unique key and the character set.
   */
  find(level: QueryLevel, identifier: Identifier): Values[] {
    const uid = uidOfLevel[level];
    const answers = new Map<unknown, Values>();
    for (const { values } of this.#matching(level, identifier)) {
      const asked = [...identifier.keys()].filter((keyword) => isAtOrAbove(keyword, level));
      const answer: Values = { QueryRetrieveLevel: level, [uid]: values[uid] ?? '' };
      if (values.SpecificCharacterSet !== undefined)
        answer.SpecificCharacterSet = values.SpecificCharacterSet;
      for (const keyword of asked) answer[keyword] = values[keyword] ?? '';
      answers.set(values[uid], answer);
    }
    return [...answers.values()];
  }

  #matching(level: QueryLevel, identifier: Identifier): { item: DemoInstance; values: Values }[] {
    const wanted = [...identifier].filter(([keyword]) => isAtOrAbove(keyword, level));
    return this.#records.filter(({ values }) =>
      wanted.every(([keyword, text]) =>
        matches(attributeOf(keyword).vr, text, String(values[keyword] ?? '')),
      ),
    );
  }
}

function isAtOrAbove(keyword: Keyword, level: QueryLevel): boolean {
  const own = attributeOf(keyword).level;
  return own !== undefined && levels.indexOf(own) <= levels.indexOf(level);
}

function counts({ values }: DemoInstance, instances: readonly DemoInstance[]): Values {
  const study = instances.filter((other) => other.values.StudyInstanceUID === values.StudyInstanceUID);
  const series = study.filter((other) => other.values.SeriesInstanceUID === values.SeriesInstanceUID);
  const distinct = (keyword: Keyword): string[] => [
    ...new Set(study.map((other) => String(other.values[keyword] ?? ''))),
  ];
  return {
    ModalitiesInStudy: distinct('Modality').join('\\'),
    NumberOfStudyRelatedSeries: String(distinct('SeriesInstanceUID').length),
    NumberOfStudyRelatedInstances: String(study.length),
    NumberOfSeriesRelatedInstances: String(series.length),
  };
}
