import { createHash } from 'node:crypto';
import { encodeDataSet } from './data-set-encoder.ts';
import type { Values } from './attributes.ts';

export const explicitVrLittleEndian = '1.2.840.10008.1.2.1';
export const rleLossless = '1.2.840.10008.1.2.5';

/** An instance as the demo archive holds it. */
export interface DemoInstance {
  readonly sopClass: string;
  readonly instance: string;
  readonly transferSyntax: string;
  /** What a query can ask for; without the pixel data. */
  readonly values: Values;
  /** The data set as it is sent, in `transferSyntax`. */
  readonly dataSet: Buffer;
}

/** Makes an instance of its attributes; `transferSyntax` says how `PixelData` is meant. */
export function demoInstance(values: Values, transferSyntax = explicitVrLittleEndian): DemoInstance {
  const { PixelData: _pixelData, ...header } = values;
  return {
    sopClass: String(values.SOPClassUID),
    instance: String(values.SOPInstanceUID),
    transferSyntax,
    values: header,
    dataSet: encodeDataSet(values, {
      explicitVr: true,
      encapsulated: transferSyntax !== explicitVrLittleEndian,
    }),
  };
}

/** A UID that is the same on every start: a name-based UUID (RFC 9562 version 8) below 2.25 (PS3.5 B.2). */
export function demoUid(name: string): string {
  const bytes = createHash('sha256').update(`demo archive ${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}

export interface StudyHeader {
  /** Makes the study's UIDs. */
  readonly name: string;
  readonly modality: string;
  readonly sopClass: string;
  readonly patientName: string;
  readonly patientId: string;
  readonly studyDate: string;
  readonly studyDescription: string;
  readonly seriesDescription: string;
  readonly bodyPart: string;
  readonly characterSet?: string;
}

/** Attributes of patient, study, series and SOP common modules, for instance `number` of the one series. */
export function commonValues(header: StudyHeader, number: number): Values {
  return {
    SpecificCharacterSet: header.characterSet ?? 'ISO_IR 192',
    SOPClassUID: header.sopClass,
    SOPInstanceUID: demoUid(`${header.name}/1/${number}`),
    StudyDate: header.studyDate,
    SeriesDate: header.studyDate,
    ContentDate: header.studyDate,
    StudyTime: '091500',
    SeriesTime: '092000',
    ContentTime: '092100',
    AccessionNumber: `ACC-${header.patientId}`,
    Modality: header.modality,
    Manufacturer: 'DCMRS Broker demo',
    InstitutionName: 'Demo Hospital',
    ReferringPhysicianName: 'Referrer^Demo',
    StudyDescription: header.studyDescription,
    SeriesDescription: header.seriesDescription,
    PatientName: header.patientName,
    PatientID: header.patientId,
    PatientBirthDate: '19700101',
    PatientSex: 'O',
    BodyPartExamined: header.bodyPart,
    StudyInstanceUID: demoUid(header.name),
    SeriesInstanceUID: demoUid(`${header.name}/1`),
    StudyID: '1',
    SeriesNumber: '1',
    InstanceNumber: String(number),
  };
}

export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly bits: 8 | 16;
  readonly windowCenter: number;
  readonly windowWidth: number;
}

/** Attributes of the image pixel module for one grey sample per pixel, and a window to look through. */
export function pixelValues(format: PixelFormat): Values {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: format.rows,
    Columns: format.columns,
    BitsAllocated: format.bits,
    BitsStored: format.bits,
    HighBit: format.bits - 1,
    PixelRepresentation: 0,
    WindowCenter: String(format.windowCenter),
    WindowWidth: String(format.windowWidth),
  };
}
