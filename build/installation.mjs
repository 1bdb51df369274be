import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const timeLimitInMs = 15 * 60_000;

/** The Node that the project runs on: that of its npm package, whatever Node the machine has. */
export const nodePath = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/**
 * Where Node keeps what it makes of the sources. Without it every thread takes the types out of them by a
 * WebAssembly module of its own, which costs time and memory.
 */
export const compileCache = join(root, 'node_modules', '.cache', 'node-compile-cache');

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 */

/**
 * True where everything that the lock file asks for was installed. Contents are compared, since times of
 * files say nothing after a clone or a copy. Optional packages, those of other platforms, may be absent.
 * @param {LockFile} locked package-lock.json
 * @param {LockFile} installed node_modules/.package-lock.json, npm's record of what it has installed
 * @returns {boolean}
 */
export function isInstalled(locked, installed) {
  return Object.entries(locked.packages ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const present = installed.packages?.[path];
    if (present === undefined) return wanted.optional === true || wanted.devOptional === true;
    return present.version === wanted.version && present.integrity === wanted.integrity;
  });
}

/**
 * @param {string} path
 * @returns {LockFile | undefined}
 */
function readLockFile(path) {
  try {
    return /** @type {LockFile} */ (JSON.parse(readFileSync(join(root, path), 'utf8')));
  } catch {
    return undefined;
  }
}

function isUpToDate() {
  const locked = readLockFile('package-lock.json');
  const installed = readLockFile('node_modules/.package-lock.json');
  return (
    locked !== undefined && installed !== undefined && existsSync(nodePath) && isInstalled(locked, installed)
  );
}

/**
 * Installs the npm packages where they are missing or not those of the lock file.
 * @throws Error in plain words where npm fails
 */
export async function installPackages() {
  if (isUpToDate()) return;
  console.log('Installing npm packages (npm ci) …');
  // Inside `npm start` npm names itself; it need not be on the PATH.
  const npm = process.env['npm_execpath'] ?? '';
  const isNpm = basename(npm) === 'npm-cli.js';
  const args = ['ci', '--include=dev', '--include=optional'];
  const end = isNpm
    ? await runChild(process.execPath, [npm, ...args], { cwd: root, timeLimitInMs })
    : await runChild('npm', args, { cwd: root, timeLimitInMs });
  if (end.code !== 0) throw new Error('npm ci failed; its messages are above.');
  if (!existsSync(nodePath)) {
    throw new Error('npm ci did not install Node: the install script of the package "node" did not run.');
  }
}
