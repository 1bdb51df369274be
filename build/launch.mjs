import { fileURLToPath } from 'node:url';
import { endLike, runChild } from './child.mjs';
import { installDebianPackages } from './debian-packages.mjs';
import { compileCache, installPackages, nodePath } from './installation.mjs';

/** @param {string} script */
const pathOf = (script) => fileURLToPath(new URL(`../${script}`, import.meta.url));

function childEnvironment() {
  return { NODE_COMPILE_CACHE: compileCache, ...process.env };
}

/**
 * Installs and builds what is missing; says why where it cannot.
 * @param {{ debianPackages?: boolean, interface?: boolean }} [needs] `interface`: the user interface too
 * @returns {Promise<boolean>} false where this process must end
 */
export async function prepare({ debianPackages = false, interface: needsInterface = true } = {}) {
  try {
    await installPackages();
    if (debianPackages) await installDebianPackages();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    return false;
  }
  if (!needsInterface) return true;
  const { code, interruptedBy } = await runChild(nodePath, [pathOf('build/prepare-interface.ts')], {
    env: childEnvironment(),
  });
  if (interruptedBy !== undefined) return false;
  // The gateway works without: its page says that it is missing.
  if (code !== 0) console.error('The user interface could not be built; the reason is above.');
  return true;
}

/**
 * Installs what is missing, then runs a script of the project on the project's own Node and ends as it ends.
 * This file and those that it imports run on any Node from 20 on, with nothing installed.
 * @param {string} script path from the root of the project
 * @param {readonly string[]} args
 * @param {{ debianPackages?: boolean, interface?: boolean, nodeOptions?: readonly string[] }} [needs]
 */
export async function launch(script, args, needs = {}) {
  const { nodeOptions = [], debianPackages = false, interface: needsInterface = false } = needs;
  if (!(await prepare({ debianPackages, interface: needsInterface }))) return;
  endLike(await runChild(nodePath, [...nodeOptions, pathOf(script), ...args], { env: childEnvironment() }));
}
