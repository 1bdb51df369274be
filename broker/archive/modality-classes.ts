const root = '1.2.840.10008.5.1.4.1.1';

/** Storage SOP classes that instances of a modality usually have (PS3.3 section C.7.3.1.1.1, PS3.4 table B.5-1). */
const classesOfModality: Readonly<Record<string, readonly string[]>> = {
  AU: [`${root}.9.4.1`, `${root}.9.4.2`],
  CR: [`${root}.1`],
  CT: [`${root}.2`, `${root}.2.1`, `${root}.2.2`],
  DOC: [`${root}.104.1`, `${root}.104.2`],
  DX: [`${root}.1.1`, `${root}.1.1.1`],
  ECG: [`${root}.9.1.1`, `${root}.9.1.2`, `${root}.9.1.3`],
  ES: [`${root}.77.1.1`, `${root}.77.1.1.1`],
  GM: [`${root}.77.1.2`, `${root}.77.1.2.1`],
  HD: [`${root}.9.2.1`],
  IO: [`${root}.1.3`, `${root}.1.3.1`],
  IVUS: [`${root}.6.1`, `${root}.3.1`],
  KO: [`${root}.88.59`],
  MG: [`${root}.1.2`, `${root}.1.2.1`, `${root}.13.1.3`],
  MR: [`${root}.4`, `${root}.4.1`, `${root}.4.2`],
  NM: [`${root}.20`],
  OP: [`${root}.77.1.5.1`, `${root}.77.1.5.2`],
  OPT: [`${root}.77.1.5.4`],
  OT: [`${root}.7`, `${root}.7.2`, `${root}.7.4`],
  PR: [`${root}.11.1`, `${root}.11.2`],
  PT: [`${root}.128`, `${root}.130`],
  REG: [`${root}.66.1`, `${root}.66.3`],
  RF: [`${root}.12.2`, `${root}.12.2.1`],
  RTDOSE: [`${root}.481.2`],
  RTIMAGE: [`${root}.481.1`],
  RTPLAN: [`${root}.481.5`, `${root}.481.8`],
  RTSTRUCT: [`${root}.481.3`],
  SEG: [`${root}.66.4`, `${root}.66.5`],
  SM: [`${root}.77.1.6`],
  SR: [`${root}.88.11`, `${root}.88.22`, `${root}.88.33`],
  US: [`${root}.6.1`, `${root}.3.1`],
  XA: [`${root}.12.1`, `${root}.12.1.1`],
  XC: [`${root}.77.1.4`, `${root}.77.1.4.1`],
};

/** Any modality can have these: what is derived from images or scanned in. */
const ofAnyModality: readonly string[] = [`${root}.7`];

/**
 * The classes to expect of a modality where an archive does not say which ones its instances have.
 * Empty for a modality that is not in the table.
 */
export function classesOf(modality: string): readonly string[] {
  const classes = classesOfModality[modality];
  return classes === undefined ? [] : [...classes, ...ofAnyModality];
}
