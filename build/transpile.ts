import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';

/** Folders of the program; the user interface is built by Vite. */
const folders = ['broker', 'main'];

/**
 * Writes the program as JavaScript, file by file in the same tree: types taken out, and paths of modules that
 * end in .ts ending in .js, those of workers too. Electron could take types out itself; here it is done once,
 * and what starts is what was tested.
 * @param root folder of the sources
 * @param target is emptied first
 */
export async function transpile(root: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  for (const folder of folders) {
    for (const file of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      const written = join(target, path.slice(root.length));
      await mkdir(dirname(written), { recursive: true });
      if (extname(path) === '.ts') {
        await writeFile(written.replace(/\.ts$/, '.js'), javaScriptOf(await readFile(path, 'utf8')));
      } else {
        await cp(path, written);
      }
    }
  }
}

/** A relative path to a module as it stands in quotes: in an import, or in `new URL(…, import.meta.url)`. */
const modulePath = /(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g;

export function javaScriptOf(source: string): string {
  return stripTypeScriptTypes(source).replace(modulePath, '$1$2.js$1');
}
