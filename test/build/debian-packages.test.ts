import { describe, expect, it } from 'vitest';
import { instructionFor, missingPackages } from '../../build/debian-packages.mjs';

describe('missingPackages', () => {
  it('names a package by the file that is not there', () => {
    expect(missingPackages(() => true)).toEqual([]);
    expect(missingPackages((path) => !/Orthanc$|pydicom/.test(path))).toEqual(['orthanc', 'python3-pydicom']);
    expect(missingPackages(() => false)).toContain('dcmtk');
  });
});

describe('instructionFor', () => {
  it('is one line with the command to run', () => {
    expect(instructionFor(['dcmtk', 'orthanc'])).toBe(
      'Missing Debian packages: dcmtk orthanc. Install them as root: ' +
        'apt-get update && apt-get install --no-install-recommends dcmtk orthanc',
    );
  });
});
