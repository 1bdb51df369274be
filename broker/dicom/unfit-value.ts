/** Why a value cannot be written, in words that follow the attribute's name. Stays within this room. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue';
}
