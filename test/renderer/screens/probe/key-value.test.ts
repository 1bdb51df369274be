import { describe, expect, it } from 'vitest';
import { problemOfValue, valueAsSent } from '../../../../renderer/screens/probe/key-value.ts';

describe('the value of a key', () => {
  it.each([
    ['DA', '20261125'],
    ['DA', '20261101-20261130'],
    ['DA', '-20261130'],
    ['DA', '20261101-'],
    ['TM', '14'],
    ['TM', '0800-120000.5'],
    ['UI', '1.2.840\\1.2.3'],
    ['PN', 'DOE*'],
    ['IS', '-12'],
    ['DS', '1.5e3'],
    ['LO', ''],
    [undefined, 'anything at all'],
  ])('of VR %s may be %j', (vr, value) => {
    expect(problemOfValue(vr, value)).toBeUndefined();
  });

  it.each([
    ['DA', '20260231', 'is not a date'],
    ['DA', '2026', 'is not a date'],
    ['DA', '20261130-20261101', 'ends before it begins'],
    ['DA', '20261101-20261102-20261103', 'more than one hyphen'],
    ['DA', '-', 'at least one end'],
    ['TM', '2500', 'is not a time'],
    ['UI', '1.2.*', 'no wildcards'],
    ['UI', '1..2', 'is no UID'],
    ['UI', `1.${'2'.repeat(64)}`, 'is no UID'],
    ['IS', '12*', 'is no number'],
    ['PN', '**', 'leave the value empty'],
    ['SQ', 'x', 'Name an attribute in it'],
  ])('of VR %s may not be %j, and it says why', (vr, value, reason) => {
    expect(problemOfValue(vr, value)).toContain(reason);
  });

  it.each([
    ['DA', '2026-11-25', '20261125'],
    ['DA', '2026-11-01 - 2026-11-30', '20261101-20261130'],
    ['DA', '20261101-', '20261101-'],
    ['TM', '08:00-12:30:15', '0800-123015'],
    ['PN', ' DOE^JANE ', 'DOE^JANE'],
  ])('of VR %s is sent of %j as %j', (vr, value, sent) => {
    expect(valueAsSent(vr, value)).toBe(sent);
  });
});
