import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { nodePath } from './installation.mjs';

const electronFolder = fileURLToPath(new URL('../node_modules/electron', import.meta.url));
/** Its binary has some 120 MB; who has a slow line fetches it by itself: `npx install-electron`. */
const fetchWithinMs = 120_000;

/**
 * @typedef {object} Machine
 * @property {NodeJS.Platform} platform
 * @property {NodeJS.ProcessEnv} env
 * @property {boolean} isRoot
 * @property {() => string | undefined} installedElectron path of Electron's binary
 * @property {() => Promise<void>} fetchElectron
 */

/**
 * Chooses between the desktop app and the headless host.
 * @param {Machine} [machine]
 * @returns {Promise<{ electron: string } | { headlessBecause: string }>} the path of Electron's binary, or why
 *   the desktop app cannot run
 */
export async function chooseHost(machine = thisMachine()) {
  if (!hasDisplay(machine)) return { headlessBecause: 'there is no display' };
  // Chromium's sandbox, without which it is not to run, does not work for root.
  if (machine.isRoot && machine.platform === 'linux') {
    return { headlessBecause: 'Electron is not run as root' };
  }
  if (machine.installedElectron() === undefined) await machine.fetchElectron();
  const electron = machine.installedElectron();
  if (electron !== undefined) return { electron };
  return { headlessBecause: "Electron's binary is not here and could not be fetched" };
}

/** @param {Machine} machine */
function hasDisplay({ platform, env }) {
  if (platform === 'win32' || platform === 'darwin') return true;
  return [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((display) => display !== undefined && display !== '');
}

/** @returns {Machine} */
function thisMachine() {
  return {
    platform: process.platform,
    env: process.env,
    isRoot: process.getuid?.() === 0,
    installedElectron,
    fetchElectron,
  };
}

/** @returns {string | undefined} */
function installedElectron() {
  const pathFile = join(electronFolder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const path = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(path) ? path : undefined;
}

async function fetchElectron() {
  console.log('Fetching Electron, once …');
  await runChild(nodePath, [join(electronFolder, 'install.js')], {
    timeLimitInMs: fetchWithinMs,
    // What it has to say where it fails is long; that it failed is said in one line.
    onOutput: () => {},
  });
}
