import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { placesOf, placesText } from '../../../broker/cache/instance-places.ts';
import { describeInstance } from '../../../broker/dicom/describe-instance.ts';
import type { InstanceDescription } from '../../../broker/dicom/instance-description.ts';
import { readFileMeta } from '../../../broker/dicom/file-meta.ts';
import { realFiles } from '../../support/real-files.ts';

const described = (await realFiles()).flatMap((path): [string, InstanceDescription][] => {
  const bytes = readFileSync(path);
  try {
    const { dataSetOffset, transferSyntaxUid } = readFileMeta(bytes);
    return [[path, describeInstance({ path, size: bytes.length, dataSetOffset, transferSyntaxUid })]];
  } catch {
    return [];
  }
});

test.each(described)('the places of %s are read as they were stored', (_, description) => {
  const { bulk, pixelData, deflated } = description;
  expect(placesOf(placesText(description))).toMatchObject({ bulk, pixelData, deflated });
});

test('of both kinds of pixel data, of documents, and of none', () => {
  const places = described.map(([, description]) => placesOf(placesText(description)));
  expect(new Set(places.map(({ pixelData }) => pixelData?.kind))).toEqual(
    new Set(['native', 'encapsulated', undefined]),
  );
});

test('the type of an encapsulated document is told', () => {
  const description: InstanceDescription = {
    dataSet: { '00420012': { vr: 'LO', Value: ['application/pdf'] } },
    bulk: [],
    pixelData: undefined,
    deflated: false,
    problems: ['odd'],
  };
  expect(placesOf(placesText(description))).toMatchObject({
    documentType: 'application/pdf',
    problems: ['odd'],
  });
});
