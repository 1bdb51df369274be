/** Query/Retrieve levels of the Study Root model (PS3.4 C.6.2.1). */
export type QueryLevel = 'STUDY' | 'SERIES' | 'IMAGE';

/** Group, element, VR, and the level at which a query may name it; none for attributes of the image alone. */
type Attribute = readonly [group: number, element: number, vr: string, level?: QueryLevel];

/** Every attribute that the demo archive knows, by keyword (PS3.6 section 6). */
export const attributes = {
  SpecificCharacterSet: [0x0008, 0x0005, 'CS'],
  ImageType: [0x0008, 0x0008, 'CS'],
  SOPClassUID: [0x0008, 0x0016, 'UI', 'IMAGE'],
  SOPInstanceUID: [0x0008, 0x0018, 'UI', 'IMAGE'],
  StudyDate: [0x0008, 0x0020, 'DA', 'STUDY'],
  SeriesDate: [0x0008, 0x0021, 'DA', 'SERIES'],
  ContentDate: [0x0008, 0x0023, 'DA', 'IMAGE'],
  StudyTime: [0x0008, 0x0030, 'TM', 'STUDY'],
  SeriesTime: [0x0008, 0x0031, 'TM', 'SERIES'],
  ContentTime: [0x0008, 0x0033, 'TM', 'IMAGE'],
  AccessionNumber: [0x0008, 0x0050, 'SH', 'STUDY'],
  QueryRetrieveLevel: [0x0008, 0x0052, 'CS'],
  RetrieveAETitle: [0x0008, 0x0054, 'AE'],
  Modality: [0x0008, 0x0060, 'CS', 'SERIES'],
  ModalitiesInStudy: [0x0008, 0x0061, 'CS', 'STUDY'],
  Manufacturer: [0x0008, 0x0070, 'LO', 'SERIES'],
  InstitutionName: [0x0008, 0x0080, 'LO', 'SERIES'],
  ReferringPhysicianName: [0x0008, 0x0090, 'PN', 'STUDY'],
  StudyDescription: [0x0008, 0x1030, 'LO', 'STUDY'],
  SeriesDescription: [0x0008, 0x103e, 'LO', 'SERIES'],
  PatientName: [0x0010, 0x0010, 'PN', 'STUDY'],
  PatientID: [0x0010, 0x0020, 'LO', 'STUDY'],
  PatientBirthDate: [0x0010, 0x0030, 'DA', 'STUDY'],
  PatientSex: [0x0010, 0x0040, 'CS', 'STUDY'],
  BodyPartExamined: [0x0018, 0x0015, 'CS', 'SERIES'],
  SliceThickness: [0x0018, 0x0050, 'DS'],
  KVP: [0x0018, 0x0060, 'DS'],
  SpacingBetweenSlices: [0x0018, 0x0088, 'DS'],
  FrameTime: [0x0018, 0x1063, 'DS'],
  PatientPosition: [0x0018, 0x5100, 'CS'],
  StudyInstanceUID: [0x0020, 0x000d, 'UI', 'STUDY'],
  SeriesInstanceUID: [0x0020, 0x000e, 'UI', 'SERIES'],
  StudyID: [0x0020, 0x0010, 'SH', 'STUDY'],
  SeriesNumber: [0x0020, 0x0011, 'IS', 'SERIES'],
  InstanceNumber: [0x0020, 0x0013, 'IS', 'IMAGE'],
  ImagePositionPatient: [0x0020, 0x0032, 'DS'],
  ImageOrientationPatient: [0x0020, 0x0037, 'DS'],
  FrameOfReferenceUID: [0x0020, 0x0052, 'UI', 'SERIES'],
  PositionReferenceIndicator: [0x0020, 0x1040, 'LO'],
  NumberOfStudyRelatedSeries: [0x0020, 0x1206, 'IS', 'STUDY'],
  NumberOfStudyRelatedInstances: [0x0020, 0x1208, 'IS', 'STUDY'],
  NumberOfSeriesRelatedInstances: [0x0020, 0x1209, 'IS', 'SERIES'],
  SamplesPerPixel: [0x0028, 0x0002, 'US'],
  PhotometricInterpretation: [0x0028, 0x0004, 'CS'],
  NumberOfFrames: [0x0028, 0x0008, 'IS', 'IMAGE'],
  FrameIncrementPointer: [0x0028, 0x0009, 'AT'],
  Rows: [0x0028, 0x0010, 'US', 'IMAGE'],
  Columns: [0x0028, 0x0011, 'US', 'IMAGE'],
  PixelSpacing: [0x0028, 0x0030, 'DS'],
  BitsAllocated: [0x0028, 0x0100, 'US', 'IMAGE'],
  BitsStored: [0x0028, 0x0101, 'US'],
  HighBit: [0x0028, 0x0102, 'US'],
  PixelRepresentation: [0x0028, 0x0103, 'US'],
  WindowCenter: [0x0028, 0x1050, 'DS'],
  WindowWidth: [0x0028, 0x1051, 'DS'],
  RescaleIntercept: [0x0028, 0x1052, 'DS'],
  RescaleSlope: [0x0028, 0x1053, 'DS'],
  RescaleType: [0x0028, 0x1054, 'LO'],
  PixelData: [0x7fe0, 0x0010, 'OW'],
} as const satisfies Record<string, Attribute>;

export type Keyword = keyof typeof attributes;

/** Attribute values: text with backslashes between values, a number for US, bytes for the rest. */
export type Values = Partial<Record<Keyword, string | number | Buffer>>;

/** True for a keyword that the demo archive knows. */
export function isKeyword(text: string): text is Keyword {
  return Object.hasOwn(attributes, text);
}

/** The attribute's VR, and the level at which a query may name it. */
export function attributeOf(keyword: Keyword): { vr: string; level: QueryLevel | undefined } {
  const [, , vr, level]: Attribute = attributes[keyword];
  return { vr, level };
}
