import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pydicomJson } from './pydicom.ts';
import { pydicomCharacterSetFiles } from './real-files.ts';

/** The patient names of pydicom's character set files, as they read in Unicode. */
export const patientNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  chrArab: { Alphabetic: 'قباني^لنزار' },
  chrFren: { Alphabetic: 'Buc^Jérôme' },
  chrFrenMulti: { Alphabetic: 'Buc^Jérôme' },
  chrGerm: { Alphabetic: 'Äneas^Rüdiger' },
  chrGreek: { Alphabetic: 'Διονυσιος' },
  chrH31: { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
  chrH32: { Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
  chrHbrw: { Alphabetic: 'שרון^דבורה' },
  chrI2: { Alphabetic: 'Hong^Gildong', Ideographic: '洪^吉洞', Phonetic: '홍^길동' },
  chrJapMulti: { Alphabetic: 'やまだ^たろう' },
  chrJapMultiExplicitIR6: { Alphabetic: 'やまだ^たろう' },
  chrKoreanMulti: { Alphabetic: '김희중' },
  chrRuss: { Alphabetic: 'Люкceмбypг' },
  chrSQEncoding: { Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
  chrSQEncoding1: { Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
  chrX1: { Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小東' },
  chrX2: { Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小东' },
};

// An archive keeps one file per SOP Instance UID and needs all UIDs, which some of these share or lack. The
// bytes of the names stay as they are; two files have theirs in a sequence only, one with a set of its own.
const program = `
import json, os, sys, warnings
import pydicom
warnings.simplefilter('ignore')
target = sys.argv[1]
for number, path in enumerate(sys.argv[2:], 1):
    ds = pydicom.dcmread(path, force=True)
    if 'PatientName' not in ds:
        item = ds.RequestedProcedureCodeSequence[0]
        if 'SpecificCharacterSet' in item:
            item.decode()
            ds.PatientName = str(item.PatientName)
        else:
            ds[0x00100010] = item.get_item(0x00100010)
    ds.StudyInstanceUID = '2.25.7000.%d' % number
    ds.SeriesInstanceUID = '2.25.7000.%d.1' % number
    ds.SOPInstanceUID = '2.25.7000.%d.1.1' % number
    ds.SOPClassUID = '1.2.840.10008.5.1.4.1.1.7'
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.PatientID = os.path.basename(path).rsplit('.', 1)[0]
    ds.Modality = 'OT'
    ds.save_as(os.path.join(target, os.path.basename(path)), write_like_original=False)
print(json.dumps(len(sys.argv) - 2))
`;

/**
 * Writes copies of pydicom's character set files, each a study of its own whose Patient ID is the file's
 * name, into `directory`. @returns their paths
 */
export async function writeCharacterSetStudies(directory: string): Promise<string[]> {
  await pydicomJson(program, [directory, ...(await pydicomCharacterSetFiles())]);
  return (await readdir(directory)).map((name) => join(directory, name));
}
