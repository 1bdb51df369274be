import type { Element } from './explicit-encoder.ts';

export interface HeaderOptions {
  readonly sopClass: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Instance Number, from 1. */
  readonly number: number;
  readonly seriesNumber: number;
  readonly patientName?: string;
  readonly patientId?: string;
  readonly studyDate?: string;
}

/** Everything up to the pixel data of a CT image (PS3.3 A.3) or a multi-frame secondary capture (A.8.4). */
export function generatedHeader(options: HeaderOptions): Element[] {
  const isMultiFrame = options.frames > 1;
  return [
    ...identification(options, isMultiFrame),
    ...patient(options),
    ...(isMultiFrame ? frameTime : acquisition(options)),
    ...relationship(options, isMultiFrame),
    ...image(options, isMultiFrame),
  ];
}

function identification(options: HeaderOptions, isMultiFrame: boolean): Element[] {
  const date = options.studyDate ?? '20240315';
  return [
    [0x0008, 0x0005, 'CS', 'ISO_IR 192'],
    [0x0008, 0x0008, 'CS', isMultiFrame ? 'DERIVED\\SECONDARY' : 'ORIGINAL\\PRIMARY\\AXIAL'],
    [0x0008, 0x0012, 'DA', date],
    [0x0008, 0x0013, 'TM', '101500'],
    [0x0008, 0x0016, 'UI', options.sopClass],
    [0x0008, 0x0018, 'UI', options.instance],
    [0x0008, 0x0020, 'DA', date],
    [0x0008, 0x0021, 'DA', date],
    [0x0008, 0x0023, 'DA', date],
    [0x0008, 0x0030, 'TM', '101112'],
    [0x0008, 0x0031, 'TM', '101200'],
    [0x0008, 0x0033, 'TM', '101300'],
    [0x0008, 0x0050, 'SH', 'ACC0001'],
    [0x0008, 0x0060, 'CS', isMultiFrame ? 'OT' : 'CT'],
    ...(isMultiFrame ? [[0x0008, 0x0064, 'CS', 'WSD'] satisfies Element] : []),
    [0x0008, 0x0070, 'LO', 'Generated Imaging'],
    [0x0008, 0x0080, 'LO', 'Example Hospital'],
    [0x0008, 0x0090, 'PN', 'Referring^Doctor'],
    [0x0008, 0x1010, 'SH', 'STATION1'],
    [0x0008, 0x1030, 'LO', 'Chest routine'],
    [0x0008, 0x103e, 'LO', `Series ${options.seriesNumber}`],
    [0x0008, 0x1040, 'LO', 'Radiology'],
    [0x0008, 0x1060, 'PN', 'Reading^Doctor'],
    [0x0008, 0x1070, 'PN', 'Operator^One'],
    [0x0008, 0x1090, 'LO', 'Model 1'],
  ];
}

function patient(options: HeaderOptions): Element[] {
  return [
    [0x0010, 0x0010, 'PN', options.patientName ?? 'Generated^Patient'],
    [0x0010, 0x0020, 'LO', options.patientId ?? 'GEN0001'],
    [0x0010, 0x0030, 'DA', '19700101'],
    [0x0010, 0x0040, 'CS', 'O'],
    [0x0010, 0x1010, 'AS', '054Y'],
    [0x0010, 0x1030, 'DS', '75'],
  ];
}

/** Milliseconds per frame (0018,1063): what Frame Increment Pointer names. */
const frameTime: readonly Element[] = [[0x0018, 0x1063, 'DS', '40']];

function acquisition(options: HeaderOptions): Element[] {
  return [
    [0x0018, 0x0015, 'CS', 'CHEST'],
    [0x0018, 0x0022, 'CS', 'HELICAL MODE'],
    [0x0018, 0x0050, 'DS', '1.25'],
    [0x0018, 0x0060, 'DS', '120'],
    [0x0018, 0x0090, 'DS', '500'],
    [0x0018, 0x1020, 'LO', '1.0'],
    [0x0018, 0x1030, 'LO', 'Chest routine'],
    [0x0018, 0x1100, 'DS', '360'],
    [0x0018, 0x1120, 'DS', '0'],
    [0x0018, 0x1130, 'DS', '140.5'],
    [0x0018, 0x1150, 'IS', '500'],
    [0x0018, 0x1151, 'IS', String(200 + (options.number % 50))],
    [0x0018, 0x1152, 'IS', '100'],
    [0x0018, 0x1210, 'SH', 'STANDARD'],
    [0x0018, 0x5100, 'CS', 'HFS'],
  ];
}

function relationship(options: HeaderOptions, isMultiFrame: boolean): Element[] {
  const position = (options.number * 1.25).toFixed(2);
  const space: Element[] = [
    [0x0020, 0x0032, 'DS', `-180\\-180\\${position}`],
    [0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x0020, 0x0052, 'UI', `${options.study}.1`],
    [0x0020, 0x1040, 'LO', 'XY'],
    [0x0020, 0x1041, 'DS', position],
  ];
  return [
    [0x0020, 0x000d, 'UI', options.study],
    [0x0020, 0x000e, 'UI', options.series],
    [0x0020, 0x0010, 'SH', 'STUDY1'],
    [0x0020, 0x0011, 'IS', String(options.seriesNumber)],
    [0x0020, 0x0012, 'IS', '1'],
    [0x0020, 0x0013, 'IS', String(options.number)],
    ...(isMultiFrame ? [] : space),
  ];
}

function image(options: HeaderOptions, isMultiFrame: boolean): Element[] {
  const multiFrame: Element[] = [
    [0x0028, 0x0008, 'IS', String(options.frames)],
    [0x0028, 0x0009, 'AT', [0x0018, 0x1063]],
  ];
  return [
    [0x0028, 0x0002, 'US', [1]],
    [0x0028, 0x0004, 'CS', 'MONOCHROME2'],
    ...(isMultiFrame ? multiFrame : []),
    [0x0028, 0x0010, 'US', [options.rows]],
    [0x0028, 0x0011, 'US', [options.columns]],
    ...(isMultiFrame ? [] : [[0x0028, 0x0030, 'DS', '0.7\\0.7'] satisfies Element]),
    [0x0028, 0x0100, 'US', [16]],
    [0x0028, 0x0101, 'US', [16]],
    [0x0028, 0x0102, 'US', [15]],
    [0x0028, 0x0103, 'US', [0]],
    [0x0028, 0x1050, 'DS', '1064'],
    [0x0028, 0x1051, 'DS', '400'],
    [0x0028, 0x1052, 'DS', isMultiFrame ? '0' : '-1024'],
    [0x0028, 0x1053, 'DS', '1'],
    [0x0028, 0x1054, 'LO', isMultiFrame ? 'US' : 'HU'],
  ];
}
