import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { icnsFile, icoFile, type SizedPicture } from './icon-files.ts';

const source = fileURLToPath(new URL('./icon.svg', import.meta.url));
const icoSizes = [16, 24, 32, 48, 64, 128, 256];
const icnsSizes = [16, 32, 64, 128, 256, 512, 1024];
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512];

/**
 * Mark in the corner of the tray icon: told apart by shape as well as by colour. Coordinates are those of
 * icon.svg, 32 by 32.
 */
const trayMarks = {
  working: '<circle cx="24" cy="24" r="7" fill="#2e9d5b" stroke="#fff" stroke-width="2"/>',
  limited: '<path d="M24 15 32 31H16Z" fill="#d99a1c" stroke="#fff" stroke-width="2"/>',
  'not-working':
    '<rect x="16" y="16" width="15" height="15" fill="#c8342f" stroke="#fff" stroke-width="2"/><path d="m20 20 7 7m0-7-7 7" stroke="#fff" stroke-width="2"/>',
};

/** Makes every icon from icon.svg: `icon.png`, `.ico`, `.icns`, those of Linux by size, and the tray's. */
export async function makeIcons(directory: string): Promise<void> {
  const svg = await readFile(source, 'utf8');
  const linux = join(directory, 'linux');
  await mkdir(linux, { recursive: true });
  await writeFile(join(directory, 'icon.png'), await picture(svg, 512));
  await writeFile(join(directory, 'icon.ico'), icoFile(await pictures(svg, icoSizes)));
  await writeFile(join(directory, 'icon.icns'), icnsFile(await pictures(svg, icnsSizes)));
  for (const { size, png } of await pictures(svg, linuxSizes)) {
    await writeFile(join(linux, `${size}x${size}.png`), png);
  }
  for (const [state, mark] of Object.entries(trayMarks)) {
    const marked = svg.replace('</svg>', `${mark}</svg>`);
    await writeFile(join(directory, `tray-${state}.png`), await picture(marked, 16));
    // Electron takes it for screens of twice the density.
    await writeFile(join(directory, `tray-${state}@2x.png`), await picture(marked, 32));
  }
}

function pictures(svg: string, sizes: readonly number[]): Promise<SizedPicture[]> {
  return Promise.all(sizes.map(async (size) => ({ size, png: await picture(svg, size) })));
}

/** Drawn at its size, not scaled: lines stay sharp. */
function picture(svg: string, size: number): Promise<Buffer> {
  const density = (72 * size) / 32;
  return sharp(Buffer.from(svg), { density }).resize(size, size).png({ compressionLevel: 9 }).toBuffer();
}
