import { commonValues, demoInstance, demoUid, pixelValues, rleLossless } from './demo-instance.ts';
import type { DemoInstance, StudyHeader } from './demo-instance.ts';
import { drawPhantom, wordBytes } from './phantom.ts';
import type { Ellipse } from './phantom.ts';
import { encapsulate, rleFrame } from './rle.ts';

/** All instances of the demo archive, some 7 MiB, made anew with the same UIDs on every start. */
export function demoStudies(): DemoInstance[] {
  return [...ctSeries(), ultrasoundLoop(), ...compressedMr(), japaneseRadiograph()];
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const hounsfield = (value: number): number => value + 1024;

const ctHeader: StudyHeader = {
  name: 'ct',
  modality: 'CT',
  sopClass: '1.2.840.10008.5.1.4.1.1.2',
  patientName: 'Phantom^Thorax',
  patientId: 'DEMO1',
  studyDate: '20250312',
  studyDescription: 'CT thorax',
  seriesDescription: 'Thorax 5 mm',
  bodyPart: 'CHEST',
};

/** Body, two lungs, spine and a ball in the left lung, cut at height `z` from -1 to 1. */
function thorax(z: number): Ellipse[] {
  const lung = {
    y: -0.05,
    radiusX: 0.24,
    radiusY: 0.42 * Math.sqrt(1 - z * z * 0.8),
    value: hounsfield(-800),
  };
  const ball = 0.15 * Math.sqrt(Math.max(0, 1 - 16 * z * z));
  return [
    { x: 0, y: 0, radiusX: 0.85, radiusY: 0.62, value: hounsfield(40) },
    { x: -0.4, ...lung },
    { x: 0.4, ...lung },
    { x: 0, y: 0.42, radiusX: 0.1, radiusY: 0.12, value: hounsfield(600) },
    ...(ball > 0 ? [{ x: 0.4, y: 0, radiusX: ball, radiusY: ball, value: hounsfield(60) }] : []),
  ];
}

function ctSeries(): DemoInstance[] {
  const [size, slices, thickness, spacing] = [256, 40, 5, 1.5];
  return numbersTo(slices).map((number) => {
    const pixels = drawPhantom(size, 0, thorax((2 * number - 1) / slices - 1));
    return demoInstance({
      ...commonValues(ctHeader, number),
      ...pixelValues({ rows: size, columns: size, bits: 16, windowCenter: 40, windowWidth: 400 }),
      ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
      SliceThickness: String(thickness),
      KVP: '120',
      SpacingBetweenSlices: String(thickness),
      PatientPosition: 'HFS',
      ImagePositionPatient: `${(-size * spacing) / 2}\\${(-size * spacing) / 2}\\${number * thickness}`,
      ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
      FrameOfReferenceUID: demoUid('ct/frame of reference'),
      PositionReferenceIndicator: '',
      PixelSpacing: `${spacing}\\${spacing}`,
      RescaleIntercept: '-1024',
      RescaleSlope: '1',
      RescaleType: 'HU',
      PixelData: wordBytes(pixels),
    });
  });
}

const ultrasoundHeader: StudyHeader = {
  name: 'us',
  modality: 'US',
  sopClass: '1.2.840.10008.5.1.4.1.1.3.1',
  patientName: 'Phantom^Heart',
  patientId: 'DEMO2',
  studyDate: '20250401',
  studyDescription: 'Echocardiography',
  seriesDescription: 'Four chambers, loop',
  bodyPart: 'HEART',
};

/** One instance of 20 frames: a chamber that beats. */
function ultrasoundLoop(): DemoInstance {
  const [size, frames] = [256, 20];
  const pixels = numbersTo(frames).map((frame) => {
    const radius = 0.35 + 0.12 * Math.sin((2 * Math.PI * frame) / frames);
    const wall = { x: 0, y: 0, radiusX: 0.62, radiusY: 0.7, value: 150 };
    return Buffer.from(
      drawPhantom(size, 20, [wall, { ...wall, radiusX: radius, radiusY: radius, value: 5 }]),
    );
  });
  return demoInstance({
    ...commonValues(ultrasoundHeader, 1),
    ...pixelValues({ rows: size, columns: size, bits: 8, windowCenter: 128, windowWidth: 256 }),
    ImageType: 'ORIGINAL\\PRIMARY',
    NumberOfFrames: String(frames),
    FrameTime: '50',
    // Frame Time (0018,1063), as group and element.
    FrameIncrementPointer: Buffer.from([0x18, 0x00, 0x63, 0x10]),
    PixelData: Buffer.concat(pixels),
  });
}

const mrHeader: StudyHeader = {
  name: 'mr',
  modality: 'MR',
  sopClass: '1.2.840.10008.5.1.4.1.1.4',
  patientName: 'Phantom^Compressed',
  patientId: 'DEMO3',
  studyDate: '20250520',
  studyDescription: 'MR head, RLE compressed',
  seriesDescription: 'Axial',
  bodyPart: 'HEAD',
};

function compressedMr(): DemoInstance[] {
  const [size, slices] = [256, 5];
  return numbersTo(slices).map((number) => {
    const ventricle = { x: -0.12, y: -0.05, radiusX: 0.06 * number, radiusY: 0.25, value: 250 };
    const pixels = drawPhantom(size, 0, [
      { x: 0, y: 0, radiusX: 0.66, radiusY: 0.82, value: 900 },
      { x: 0, y: 0, radiusX: 0.6, radiusY: 0.76, value: 500 },
      ventricle,
    ]);
    const values = {
      ...commonValues(mrHeader, number),
      ...pixelValues({ rows: size, columns: size, bits: 16, windowCenter: 450, windowWidth: 900 }),
      ImageType: 'ORIGINAL\\PRIMARY\\OTHER',
      SliceThickness: '6',
      PatientPosition: 'HFS',
      ImagePositionPatient: `-115\\-115\\${number * 6}`,
      ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
      FrameOfReferenceUID: demoUid('mr/frame of reference'),
      PositionReferenceIndicator: '',
      PixelSpacing: '0.9\\0.9',
      PixelData: encapsulate([rleFrame(pixels, size)]),
    };
    return demoInstance(values, rleLossless);
  });
}

const radiographHeader: StudyHeader = {
  name: 'cr',
  modality: 'CR',
  sopClass: '1.2.840.10008.5.1.4.1.1.1',
  patientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  patientId: 'DEMO4',
  studyDate: '20250618',
  studyDescription: 'Hand',
  seriesDescription: 'Hand PA',
  bodyPart: 'HAND',
  characterSet: '\\ISO 2022 IR 87',
};

function japaneseRadiograph(): DemoInstance {
  const size = 256;
  const fingers = [-0.5, -0.25, 0, 0.25].map((x) => ({
    x,
    y: -0.3,
    radiusX: 0.09,
    radiusY: 0.55,
    value: 3000,
  }));
  const palm = { x: -0.12, y: 0.45, radiusX: 0.5, radiusY: 0.4, value: 2600 };
  return demoInstance({
    ...commonValues(radiographHeader, 1),
    ...pixelValues({ rows: size, columns: size, bits: 16, windowCenter: 2000, windowWidth: 4000 }),
    ImageType: 'ORIGINAL\\PRIMARY',
    PixelData: wordBytes(drawPhantom(size, 200, [palm, ...fingers])),
  });
}
