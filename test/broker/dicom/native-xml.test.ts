import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDataSet } from '../../../broker/dicom/data-set-reader.ts';
import type { DicomJson } from '../../../broker/dicom/dicom-json.ts';
import { nativeXml } from '../../../broker/dicom/native-xml.ts';
import { encodingOf } from '../../../broker/domain/transfer-syntax.ts';
import { readPart10 } from '../../support/part10.ts';
import { pydicomJson } from '../../support/pydicom.ts';
import { realFiles } from '../../support/real-files.ts';
import { runTool } from '../../support/run-tool.ts';

const namespace = 'http://dicom.nema.org/PS3.19/models/NativeDICOM';

function content(dataSet: DicomJson): string {
  const xml = nativeXml(dataSet);
  const start = `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xml:space="preserve" xmlns="${namespace}">`;
  const end = '</NativeDicomModel>';
  expect(xml.startsWith(start) && xml.endsWith(end)).toBe(true);
  return xml.slice(start.length, -end.length);
}

describe('form', () => {
  test('values, with the numbers of their places', () => {
    expect(content({ '00080060': { vr: 'CS', Value: ['CT', null, 'MR'] }, '00280010': { vr: 'US' } })).toBe(
      '<DicomAttribute tag="00080060" vr="CS" keyword="Modality"><Value number="1">CT</Value><Value number="3">MR</Value></DicomAttribute>' +
        '<DicomAttribute tag="00280010" vr="US" keyword="Rows"></DicomAttribute>',
    );
  });

  test('person names', () => {
    const name = { Alphabetic: 'Family^Given^^Dr.^III', Ideographic: '山田^太郎' };
    expect(content({ '00100010': { vr: 'PN', Value: [name] } })).toBe(
      '<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1">' +
        '<Alphabetic><FamilyName>Family</FamilyName><GivenName>Given</GivenName><NamePrefix>Dr.</NamePrefix><NameSuffix>III</NameSuffix></Alphabetic>' +
        '<Ideographic><FamilyName>山田</FamilyName><GivenName>太郎</GivenName></Ideographic>' +
        '</PersonName></DicomAttribute>',
    );
  });

  test('items, binary and bulk data', () => {
    const item = {
      '00091001': { vr: 'OB', InlineBinary: 'AQI=' },
      '00091002': { vr: 'OW', BulkDataURI: 'http://x/?a=1&b=2' },
    };
    expect(content({ '00081140': { vr: 'SQ', Value: [item, {}] } })).toBe(
      '<DicomAttribute tag="00081140" vr="SQ" keyword="ReferencedImageSequence"><Item number="1">' +
        '<DicomAttribute tag="00091001" vr="OB"><InlineBinary>AQI=</InlineBinary></DicomAttribute>' +
        '<DicomAttribute tag="00091002" vr="OW"><BulkData uri="http://x/?a=1&amp;b=2"/></DicomAttribute>' +
        '</Item><Item number="2"></Item></DicomAttribute>',
    );
  });

  test('private attributes are named by creator and element, creators by their tag', () => {
    const dataSet = {
      '00090011': { vr: 'LO', Value: ['A "B" <C>'] },
      '00091102': { vr: 'LO', Value: ['x'] },
    };
    expect(content(dataSet)).toBe(
      '<DicomAttribute tag="00090011" vr="LO"><Value number="1">A &quot;B&quot; &lt;C&gt;</Value></DicomAttribute>' +
        '<DicomAttribute tag="00090002" vr="LO" privateCreator="A &quot;B&quot; &lt;C&gt;"><Value number="1">x</Value></DicomAttribute>',
    );
  });

  test('attributes ascend', () => {
    const xml = content({ '20100010': { vr: 'ST' }, '00100020': { vr: 'LO' } });
    expect([...xml.matchAll(/tag="(\w+)"/g)].map(([, tag]) => tag)).toEqual(['00100020', '20100010']);
  });
});

test('any text is read back by Python’s XML parser, less what XML cannot hold', async () => {
  const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 20 }), { numRuns: 200, seed: 7 });
  const all = ['<script>&"\'', 'a\tb\r\nc', ']]>', '\0\x08\x1b', '\ud800', '\uFFFE', '😀', ...texts].filter(
    (text) => text !== '',
  );
  const xml = nativeXml({
    '00104000': { vr: 'LT', Value: all },
    '00091001': { vr: 'OB', BulkDataURI: all.join(' ') },
  });
  // eslint-disable-next-line no-control-regex -- what section 2.2 of XML 1.0 leaves out
  const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]/g;
  const expected = all.map((text) => text.toWellFormed().replace(forbidden, '\uFFFD'));
  const [values, uri] = (await pydicomJson(
    `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.argv[1].encode('utf-8'))
print(json.dumps([[value.text for value in root.iter('{${namespace}}Value')], root[0][0].get('uri')]))`,
    [xml],
  )) as [string[], string];
  expect(values).toEqual(expected);
  expect(uri).toBe(expected.join(' '));
});

describe('DCMTK’s dcm2xml writes the same', () => {
  // Text, structured reports, plans, private attributes, and names in sets that it can convert (but
  // none with an empty group: it writes the one before in its place).
  const names = /^(reportsi|test-SR|rtplan|CT_small|MR_small|chrGreek|chrRuss|chrFren|chrHbrw|chrArab)\.dcm$/;

  test('for ten files', async () => {
    const files = (await realFiles()).filter((file) => names.test(basename(file)));
    expect(files).toHaveLength(10);
    for (const file of files) {
      const { exitCode, stdout } = await runTool('dcm2xml', ['-q', '-nat', '+U8', file]);
      expect(exitCode, file).toBe(0);
      const theirs = Buffer.from(stdout, 'latin1').toString('utf8').replace(/>\n/g, '>');
      const { transferSyntax, dataSet } = readPart10(await readFile(file));
      const ours = nativeXml(readDataSet(dataSet, encodingOf(transferSyntax)).dataSet);
      expect(comparable(ours), file).toEqual(comparable(theirs));
    }
  });

  /** Without what differs on purpose: number forms, how binary values are given, a set
   *  named where there was none, keywords of retired attributes. */
  function comparable(xml: string): string[] {
    return xml
      .slice(xml.indexOf('<DicomAttribute'))
      .replace(/<InlineBinary>.*?<\/InlineBinary>|<BulkData [^>]*>/g, '<Binary/>')
      .replace(/<DicomAttribute tag="00080005".*?<\/DicomAttribute>/, '')
      .replace(/ keyword="(BeamDoseSpecificationPoint|OtherPatientIDs)"/g, '')
      .replace(/(?<=<Value number="\d+">)([^<]*)/g, (text) =>
        text.trim() === '' || isNaN(+text) ? text : String(Math.fround(+text)),
      )
      .split(/(?=<DicomAttribute)/);
  }
});
