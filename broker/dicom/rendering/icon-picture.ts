import sharp from 'sharp';
import { encodePicture } from './encode-picture.ts';
import { letterPath } from './icon-letters.ts';
import type { PictureOptions } from './rendering-options.ts';

const side = 512;
const longestText = 8;

/**
 * A neutral picture for an instance that has none: a sheet of paper with the modality on it. Letters are
 * drawn, since a server may have no fonts.
 */
export async function iconPicture(modality: string, options: PictureOptions): Promise<Buffer> {
  const text = modality
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, longestText);
  const unit = Math.min(18, Math.floor(240 / Math.max(1, text.length * 6 - 1)));
  const width = (text.length * 6 - 1) * unit;
  const letters = Array.from(text, (letter, index) =>
    letterPath(letter, { x: (side - width) / 2 + index * 6 * unit, y: 300 - 3.5 * unit, unit }),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">
<rect width="${side}" height="${side}" fill="#20262c"/>
<path d="M116 56h196l84 84v316H116z" fill="#e7ebef"/><path d="M312 56l84 84h-84z" fill="#b4bec8"/>
<path d="M156 176h200v12H156zM156 210h140v12H156zM156 384h200v12H156zM156 418h140v12H156z" fill="#c5cdd5"/>
<path d="${letters.join('')}" fill="#3b4650"/></svg>`;
  const { data } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return encodePicture({ width: side, height: side, channels: 3, data }, 1, options);
}
