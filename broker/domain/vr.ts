/** Value representations of PS3.5 section 6.2. */
export const vrs = [
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FD',
  'FL',
  'IS',
  'LO',
  'LT',
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'PN',
  'SH',
  'SL',
  'SQ',
  'SS',
  'ST',
  'SV',
  'TM',
  'UC',
  'UI',
  'UL',
  'UN',
  'UR',
  'US',
  'UT',
  'UV',
] as const;

export type Vr = (typeof vrs)[number];

const known: ReadonlySet<string> = new Set(vrs);

/** True for the two letters of a value representation of the standard. */
export function isVr(text: string): text is Vr {
  return known.has(text);
}

const longForm: ReadonlySet<string> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);

/** True where the explicit form has two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
export function hasLongLength(vr: string): boolean {
  return longForm.has(vr);
}

const swapUnits: ReadonlyMap<string, 2 | 4 | 8> = new Map([
  ['AT', 2],
  ['US', 2],
  ['SS', 2],
  ['OW', 2],
  ['UL', 4],
  ['SL', 4],
  ['FL', 4],
  ['OF', 4],
  ['OL', 4],
  ['FD', 8],
  ['OD', 8],
  ['OV', 8],
  ['SV', 8],
  ['UV', 8],
] as const);

/** Bytes per number whose order depends on the transfer syntax, 1 where it does not (PS3.5 section 7.3). */
export function byteOrderUnit(vr: string): 1 | 2 | 4 | 8 {
  return swapUnits.get(vr) ?? 1;
}

const characterSetVrs: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** True for the VRs whose text is in Specific Character Set (0008,0005); the others are ASCII. */
export function usesCharacterSet(vr: string): boolean {
  return characterSetVrs.has(vr);
}
