import { ORPCError } from '@orpc/server';
import type { CachedStudy, CacheQuery } from '../../../broker/control/contract/cached.ts';
import type { ControlImplementer } from './control-implementer.ts';
import { markup } from './scripted-state.ts';
import type { ScriptedWorld } from './scripted-world.ts';

/** A picture of 24 × 24 pixels: a grey disc. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAAAAADFHGIkAAAA8ElEQVR42qWRyQ6CQAyGfbreTfQyXMS4gRdwLbjHBVATNIJ6' +
    'QB/P57CFwS3EmNjLn+mXJvO1udw/BZDZTOuzrRQ0Lwr64g0BBJiCgv4kABsHtaox3axQq5mzlAB0zTaOJoMk7K4pCSybQsXd' +
    'caEL1dqFHJAMePW8wNPVreWFdb46FPEIwKKpqOiHFGWamOtKWQK71+7gcGT3WmlIYMy2LjYqFI4MCRruJURBHhf24JBAcyMW' +
    'vFH1laLuRYfkv2BM12zGgAXpBQ/BFo4nMRiz51NdlEiQgbUnz9dlsWAMSPB9veAHLIh+xkWyDvXltL/XHb9IkyMBTZfRAAAA' +
    'AElFTkSuQmCC',
  'base64',
);
const sortKeys: Readonly<Record<CacheQuery['sort'], (study: CachedStudy) => string | number>> = {
  patient: (study) => study.patientName,
  id: (study) => study.patientId,
  date: (study) => study.studyDate,
  description: (study) => study.description,
  modality: (study) => study.modalities.join(),
  instances: (study) => study.instances,
  size: (study) => study.bytes,
  age: (study) => study.lastUsedAt,
  state: (study) => study.state,
};

/** A cache in memory. */
export function cacheHandlers(control: ControlImplementer, world: ScriptedWorld) {
  const find = ({ archive, study }: { archive: string; study: string }): CachedStudy => {
    const found = world.studies.find((one) => one.archive === archive && one.study === study);
    if (found !== undefined) return found;
    const message = 'This study is no longer in the cache.';
    throw new ORPCError('not-found', { status: 404, message, data: { message, code: 'not-found' } });
  };
  const change = (key: { archive: string; study: string }, to: Partial<CachedStudy> | undefined) => {
    const before = find(key);
    world.studies = world.studies.flatMap((one) =>
      one !== before ? [one] : to === undefined ? [] : [{ ...one, ...to }],
    );
    world.tell({ type: 'cache', archive: key.archive, study: key.study });
  };
  return {
    studies: control.cache.studies.handler(({ input }) => {
      const text = input.text.toLowerCase();
      const key = sortKeys[input.sort];
      const found = world.studies
        .filter((one) =>
          [one.patientName, one.patientId, one.description].join(' ').toLowerCase().includes(text),
        )
        .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (input.descending ? -1 : 1));
      return { total: found.length, studies: found.slice(input.offset, input.offset + input.limit) };
    }),
    study: control.cache.study.handler(({ input }) => {
      const study = find(input);
      const series = Array.from({ length: study.series }, (_, index) => ({
        series: `${study.study}.${index + 1}`,
        modality: study.modalities[0] ?? '',
        number: String(index + 1),
        description: index === 0 ? markup : `Series ${index + 1}`,
        instances: Math.ceil(study.instances / study.series),
        bytes: study.bytes / study.series,
      }));
      return { study, series };
    }),
    instances: control.cache.instances.handler(({ input }) =>
      Array.from({ length: 12 }, (_, index) => ({
        instance: `${input.series}.${index + 1}`,
        sopClass: '1.2.840.10008.5.1.4.1.1.2',
        sopClassName: 'CT Image Storage',
        transferSyntax: '1.2.840.10008.1.2.1',
        transferSyntaxName: 'Explicit VR Little Endian',
        number: String(index + 1),
        bytes: 525_312,
        receivedAt: find(input).firstReceivedAt,
      })),
    ),
    attributes: control.cache.attributes.handler(({ input }) => ({
      isCut: false,
      lines: [
        { depth: 0, tag: '00080018', vr: 'UI', keyword: 'SOPInstanceUID', value: input.instance },
        { depth: 0, tag: '00081140', vr: 'SQ', keyword: 'ReferencedImageSequence', value: '1 item' },
        { depth: 1, tag: '00081155', vr: 'UI', keyword: 'ReferencedSOPInstanceUID', value: '1.2.3.4' },
        { depth: 0, tag: '00100010', vr: 'PN', keyword: 'PatientName', value: markup },
        { depth: 0, tag: '7FE00010', vr: 'OW', keyword: 'PixelData', value: '524,288 bytes' },
      ],
    })),
    thumbnail: control.cache.thumbnail.handler(
      () => new File([new Uint8Array(picture)], 'thumbnail.png', { type: 'image/png' }),
    ),
    pin: control.cache.pin.handler(({ input }) => change(input, { isPinned: input.isPinned })),
    fetchAgain: control.cache.fetchAgain.handler(({ input }) => change(input, { state: 'receiving' })),
    remove: control.cache.remove.handler(({ input }) => change(input, undefined)),
    clear: control.cache.clear.handler(({ input }) => {
      const kept = input.withPinned ? [] : world.studies.filter(({ isPinned }) => isPinned);
      const removed = world.studies.length - kept.length;
      world.studies = kept;
      return { removed, kept: kept.length };
    }),
  };
}
