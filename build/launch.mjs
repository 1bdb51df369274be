import { fileURLToPath } from 'node:url';
import { endLike, runChild } from './child.mjs';
import { installDebianPackages } from './debian-packages.mjs';
import { compileCache, installPackages, nodePath } from './installation.mjs';

/**
 * Installs what is missing, then runs a script of the project on the project's own Node and ends as it ends.
 * This file and those that it imports run on any Node from 20 on, with nothing installed.
 * @param {string} script path from the root of the project
 * @param {readonly string[]} args
 * @param {{ debianPackages?: boolean, nodeOptions?: readonly string[] }} [needs]
 */
export async function launch(script, args, { debianPackages = false, nodeOptions = [] } = {}) {
  try {
    await installPackages();
    if (debianPackages) await installDebianPackages();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    return;
  }
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const env = { NODE_COMPILE_CACHE: compileCache, ...process.env };
  endLike(await runChild(nodePath, [...nodeOptions, path, ...args], { env }));
}
