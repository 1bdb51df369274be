/** Letters of 5 × 7 dots: a digit of base 32 for each row, from the top; the leftmost dot is its highest bit. */
const letters: Readonly<Record<string, string>> = {
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllla',
  X: 'hha4ahh',
  Y: 'hhha444',
  Z: 'v1248gv',
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v2421he',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
};

/** A letter as an SVG path. @param place of its left upper corner, and how large a dot is */
export function letterPath(letter: string, { x, y, unit }: { x: number; y: number; unit: number }): string {
  let path = '';
  Array.from(letters[letter] ?? '').forEach((digit, row) => {
    const dots = parseInt(digit, 32);
    for (let column = 0; column < 5; column++) {
      if (((dots >> (4 - column)) & 1) === 0) continue;
      path += `M${x + column * unit} ${y + row * unit}h${unit}v${unit}h-${unit}z`;
    }
  });
  return path;
}
