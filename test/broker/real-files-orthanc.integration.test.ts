import { beforeAll, describe, expect, test } from 'vitest';
import { realFiles } from '../support/real-files.ts';
import {
  type Fates,
  countFates,
  fateTable,
  reasonsOf,
  runRealFiles,
  unexpectedReasons,
} from '../support/real-file-run.ts';

/** Orthanc files an instance under its Patient, Study, Series and SOP Instance UID: none may be missing. */
const inexistentTag = 'Inexistent tag';
const notAccepted = {
  'MR_truncated.dcm': 'Cannot parse an invalid DICOM file',
  'SC_rgb_jpeg.dcm': 'Cannot parse an invalid DICOM file',
  'UN_sequence.dcm': inexistentTag,
  'chrSQEncoding.dcm': inexistentTag,
  'chrSQEncoding1.dcm': inexistentTag,
  'empty_charset_LEI.dcm': inexistentTag,
  'meta_missing_tsyntax.dcm': inexistentTag,
  'nested_priv_SQ.dcm': inexistentTag,
  'no_meta.dcm': 'Cannot parse an invalid DICOM file',
  'no_meta_group_length.dcm': inexistentTag,
  'priv_SQ.dcm': inexistentTag,
  'rtplan_truncated.dcm': 'Cannot parse an invalid DICOM file',
};

/** Their pixel data is not encapsulated, although their transfer syntax is RLE Lossless. */
const notSent = (reason: string): Record<string, string> => ({
  'rtdose_rle.dcm': reason,
  'rtdose_rle_1frame.dcm': reason,
});

describe('every real file, through Orthanc', () => {
  let fates: Fates;
  beforeAll(async () => {
    fates = await runRealFiles({
      kind: 'Orthanc',
      files: await realFiles(),
      forms: {
        'C-MOVE': ['series', 'study', 'single part', 'instance'],
        'C-GET': ['study', 'series', 'instance', 'single part'],
      },
    });
    process.stdout.write(fateTable('Orthanc', fates));
  }, 300_000);

  test('no file is left out', async () => {
    const files = (await realFiles()).sort();
    expect(files).toHaveLength(195);
    for (const some of Object.values(fates)) expect(some.map(({ file }) => file).sort()).toEqual(files);
    expect(unexpectedReasons(fates['C-MOVE'], 'not accepted', notAccepted)).toEqual([]);
  });

  test.each(['C-MOVE', 'C-GET'] as const)(
    'by %s, each comes as storescp gets it, or the gateway says that it does not',
    (verb) => {
      expect(reasonsOf(fates[verb], 'wrong')).toEqual({});
      const reasons = notSent(`answered ${verb} with 0xC000`);
      expect(unexpectedReasons(fates[verb], 'refused', reasons)).toEqual([]);
      expect(countFates(fates[verb])).toEqual({ 'not accepted': 12, same: 181, refused: 2 });
    },
  );

  test('without a transfer syntax, uncompressed ones come in Explicit VR Little Endian', () => {
    expect(reasonsOf(fates.explicit, 'wrong')).toEqual({});
    expect(unexpectedReasons(fates.explicit, 'refused', notSent('502'))).toEqual([]);
    const counts = { 'not accepted': 12, 'as stored': 130, converted: 17, decoded: 34, refused: 2 };
    expect(countFates(fates.explicit)).toEqual(counts);
  });
});
