import dimse from 'dcmjs-dimse';
import { isKeyword } from './attributes.ts';
import type { Keyword } from './attributes.ts';
import type { Identifier } from './catalogue.ts';

/** A data set that goes out as the bytes it was made of: dcmjs would write the text of every one as UTF-8. */
export class EncodedDataSet extends dimse.Dataset {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, transferSyntax: string, elements: Record<string, unknown> = {}) {
    super(elements, transferSyntax);
    this.#bytes = bytes;
  }

  override getDenaturalizedDataset(): Buffer {
    return this.#bytes;
  }
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join('\\');
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) {
    const { Alphabetic, Ideographic, Phonetic } = value as Record<string, unknown>;
    return [Alphabetic, Ideographic, Phonetic].map(textOf).join('=').replace(/=+$/, '');
  }
  return '';
}

/** The keys of a request that the demo archive knows, from the names that dcmjs gives them. */
export function identifierOf(elements: Record<string, unknown>): Identifier {
  const identifier = new Map<Keyword, string>();
  for (const [name, value] of Object.entries(elements)) {
    if (isKeyword(name)) identifier.set(name, textOf(value));
  }
  return identifier;
}
