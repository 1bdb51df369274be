import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { runChild } from './child.mjs';

/**
 * What tests and benchmark start or read besides npm packages: the Debian package, and a file of it by
 * which it is recognised, also where it came from elsewhere.
 * @type {readonly (readonly [name: string, file: string])[]}
 */
const neededPackages = [
  ['dcmtk', '/usr/bin/dcmqrscp'],
  ['orthanc', '/usr/sbin/Orthanc'],
  ['orthanc-dicomweb', '/usr/share/orthanc/plugins/libOrthancDicomWeb.so'],
  ['python3-pydicom', '/usr/lib/python3/dist-packages/pydicom/data/test_files'],
  ['libgdcm-tools', '/usr/bin/gdcmconv'],
  ['nginx-light', '/usr/sbin/nginx'],
  ['curl', '/usr/bin/curl'],
  ['chromium', '/usr/bin/chromium'],
  ['xvfb', '/usr/bin/Xvfb'],
];

const timeLimitInMs = 15 * 60_000;
const servicePolicy = '/usr/sbin/policy-rc.d';

/**
 * Names of the Debian packages that are not there.
 * @param {(path: string) => boolean} [exists]
 * @returns {string[]}
 */
export function missingPackages(exists = existsSync) {
  return neededPackages.filter(([, file]) => !exists(file)).map(([name]) => name);
}

/**
 * One line that says what is missing and how to get it.
 * @param {readonly string[]} missing
 * @returns {string}
 */
export function instructionFor(missing) {
  const names = missing.join(' ');
  return `Missing Debian packages: ${names}. Install them as root: apt-get update && apt-get install --no-install-recommends ${names}`;
}

/**
 * Installs the Debian packages that are missing, where this process may.
 * @throws Error with the command to run where it may not, or where apt-get fails
 */
export async function installDebianPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error(instructionFor(missing));
  console.log(`Installing Debian packages: ${missing.join(' ')} …`);
  const installed = await withoutStartingServices(
    async () =>
      (await runApt('update')) && (await runApt('install', '--yes', '--no-install-recommends', ...missing)),
  );
  if (!installed) throw new Error(`apt-get failed; its messages are above. ${instructionFor(missing)}`);
}

/** @param {string[]} args */
async function runApt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (await runChild('apt-get', ['--quiet', ...args], { env, timeLimitInMs })).code === 0;
}

/**
 * Orthanc and nginx start as services when they are installed; a policy that forbids it stands meanwhile,
 * since only their programs are wanted.
 * @param {() => Promise<boolean>} install
 */
async function withoutStartingServices(install) {
  if (existsSync(servicePolicy)) return await install();
  writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  try {
    return await install();
  } finally {
    rmSync(servicePolicy, { force: true });
  }
}
