/**
 * The Warning header of a 206 (PS3.18 section 10.4.3.2): what is not in the answer, and why.
 * @param missing instances that the archive has not sent
 * @param unsendable instances of which the Accept header allows no form
 */
export function partialWarning(missing: number | 'Some', unsendable = 0): string | undefined {
  const reasons = [
    missing !== 0 ? `${missing} instances are missing: the archive has not sent them` : undefined,
    unsendable > 0
      ? `${unsendable} instances are left out: the Accept header allows no form of them`
      : undefined,
  ].filter((reason) => reason !== undefined);
  return reasons.length === 0 ? undefined : `299 dcmrs-broker "${reasons.join('; ')}"`;
}
