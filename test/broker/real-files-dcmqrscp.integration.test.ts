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

/** What cannot be stored: no SOP class or SOP instance UID, or no end of the data set. */
const notAccepted = {
  'MR_truncated.dcm': 'premature end of stream',
  'SC_rgb_jpeg.dcm': 'premature end of stream',
  'UN_sequence.dcm': 'missing information',
  'chrSQEncoding.dcm': 'missing information',
  'chrSQEncoding1.dcm': 'missing information',
  'empty_charset_LEI.dcm': 'Invalid SOP Class UID',
  'meta_missing_tsyntax.dcm': 'Invalid SOP Class UID',
  'nested_priv_SQ.dcm': 'Invalid SOP Class UID',
  'no_meta.dcm': 'premature end of stream',
  'no_meta_group_length.dcm': 'missing information',
  'priv_SQ.dcm': 'missing information',
  'rtplan_truncated.dcm': 'Invalid stream',
  // Its pixel data is not encapsulated, although its transfer syntax is RLE Lossless.
  'rtdose_rle.dcm': '0xc000',
  'rtdose_rle_1frame.dcm': '0xc000',
};

describe('every real file, through dcmqrscp', () => {
  let fates: Fates;
  beforeAll(async () => {
    fates = await runRealFiles({
      kind: 'dcmqrscp',
      files: await realFiles(),
      forms: {
        'C-MOVE': ['study', 'series', 'instance', 'single part'],
        'C-GET': ['single part', 'instance', 'series', 'study'],
      },
    });
    process.stdout.write(fateTable('dcmqrscp', fates));
  }, 300_000);

  test('no file is left out', async () => {
    const files = (await realFiles()).sort();
    expect(files).toHaveLength(195);
    for (const some of Object.values(fates)) expect(some.map(({ file }) => file).sort()).toEqual(files);
    expect(unexpectedReasons(fates['C-MOVE'], 'not accepted', notAccepted)).toEqual([]);
  });

  test('by C-MOVE, each comes as storescp gets it', () => {
    expect(reasonsOf(fates['C-MOVE'], 'wrong')).toEqual({});
    expect(reasonsOf(fates['C-MOVE'], 'refused')).toEqual({});
    expect(countFates(fates['C-MOVE'])).toEqual({ 'not accepted': 14, same: 181 });
  });

  // dcmqrscp does not say of which SOP class an instance is: it is told from the modality.
  test('by C-GET, each comes as storescp gets it', () => {
    expect(reasonsOf(fates['C-GET'], 'wrong')).toEqual({});
    expect(reasonsOf(fates['C-GET'], 'refused')).toEqual({});
    expect(countFates(fates['C-GET'])).toEqual({ 'not accepted': 14, same: 181 });
  });

  test('without a transfer syntax, all come in Explicit VR Little Endian, compressed ones decoded', () => {
    expect(reasonsOf(fates.explicit, 'wrong')).toEqual({});
    // One compressed file is damaged, and comes as it is stored.
    expect(countFates(fates.explicit)).toEqual({
      'not accepted': 14,
      'as stored': 130,
      converted: 17,
      decoded: 34,
    });
  });

  test('they are of every family of transfer syntaxes', () => {
    const sent = fates['C-MOVE'].filter(({ outcome }) => outcome === 'same');
    expect([...new Set(sent.map(({ transferSyntax }) => transferSyntax))].sort()).toEqual(
      ['', '.1', '.1.99', '.2', '.4.50', '.4.51', '.4.70', '.4.80', '.4.81', '.4.90', '.4.91', '.5'].map(
        (end) => `1.2.840.10008.1.2${end}`,
      ),
    );
  });
});
