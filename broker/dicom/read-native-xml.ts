import { SaxesParser, type SaxesTagNS } from 'saxes';
import { BrokerError } from '../domain/errors.ts';
import { isPrivateTag, type Tag } from '../domain/tag.ts';
import { isVr } from '../domain/vr.ts';
import type { DicomJson, JsonAttribute, JsonValue } from './dicom-json.ts';

/** Elements within elements: 64 sequences, each an attribute and an item. */
const depthLimit = 130;
const numericVrs: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD']);
const componentGroups: ReadonlySet<string> = new Set(['Alphabetic', 'Ideographic', 'Phonetic']);
const nameComponents = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'];

/**
 * Reads a data set from a document of the Native DICOM Model (PS3.19 annex A.1). A document type, and with it
 * entities of the document's own, is refused.
 * @throws BrokerError `bad-request` where it is malformed
 */
export function readNativeXml(text: string): DicomJson {
  const reader = new NativeXmlReader();
  try {
    reader.read(text);
  } catch (cause) {
    if (cause instanceof BrokerError) throw cause;
    const why = cause instanceof Error ? cause.message.slice(0, 200) : '';
    throw new BrokerError('bad-request', `The metadata is no XML: ${why}.`, { cause });
  }
  return reader.dataSet;
}

interface OpenDataSet {
  readonly attributes: Record<Tag, JsonAttribute>;
  /** Private attributes whose creator's block is settled at the end, when all creators are known. */
  readonly pending: { readonly tag: Tag; readonly creator: string; readonly attribute: JsonAttribute }[];
}

interface OpenAttribute {
  readonly tag: Tag;
  readonly vr: string;
  readonly creator: string | undefined;
  readonly values: JsonValue[];
  inline: string | undefined;
  uri: string | undefined;
}

/** Builds the data set from the events of a parser that looks at the document once. */
class NativeXmlReader {
  readonly #path: string[] = [];
  readonly #dataSets: OpenDataSet[] = [{ attributes: {}, pending: [] }];
  readonly #attributes: OpenAttribute[] = [];
  #text = '';
  #name: Record<string, string> = {};
  #components: string[] = [];
  /** Place of the value that is being read, from 1. */
  #number = 1;
  readonly #numbers: number[] = [];
  #root: DicomJson | undefined;

  get dataSet(): DicomJson {
    if (this.#root === undefined) throw malformed('it has no NativeDicomModel');
    return this.#root;
  }

  read(text: string): void {
    const parser = new SaxesParser({ xmlns: true });
    parser.on('doctype', () => {
      throw malformed('it has a document type, which is not taken');
    });
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', (tag) => {
      this.#open(tag);
    });
    parser.on('closetag', (tag) => {
      this.#close(tag.local);
    });
    const add = (piece: string): void => {
      this.#text += piece;
    };
    parser.on('text', add);
    parser.on('cdata', add);
    parser.write(text).close();
  }

  #open({ local, attributes }: SaxesTagNS): void {
    const around = this.#path.at(-1);
    const allowed = parents.get(local);
    if (allowed === undefined || !allowed.includes(around ?? '')) {
      throw malformed(`<${local.slice(0, 40)}> stands in <${around ?? 'the document'}>, where it may not`);
    }
    this.#path.push(local);
    if (this.#path.length > depthLimit) throw malformed('its sequences are too deep');
    this.#text = '';
    const value = (name: string): string | undefined => attributes[name]?.value;
    if (local === 'DicomAttribute') this.#openAttribute(value);
    else if (local === 'Item') {
      this.#numbers.push(this.#numberOf(value('number')));
      this.#dataSets.push({ attributes: {}, pending: [] });
    } else if (local === 'Value') this.#number = this.#numberOf(value('number'));
    else if (local === 'PersonName') {
      this.#number = this.#numberOf(value('number'));
      this.#name = {};
    } else if (componentGroups.has(local)) this.#components = [];
    else if (local === 'BulkData') this.#current.uri = value('uri') ?? value('uuid') ?? value('URI') ?? '';
  }

  #openAttribute(value: (name: string) => string | undefined): void {
    const tag = value('tag')?.toUpperCase() ?? '';
    const vr = value('vr') ?? '';
    if (!/^[0-9A-F]{8}$/.test(tag)) throw malformed(`${shown(tag)} is no tag`);
    if (!isVr(vr)) throw malformed(`${tag} has no valid vr`);
    const creator = value('privateCreator');
    this.#attributes.push({ tag, vr, creator, values: [], inline: undefined, uri: undefined });
  }

  #close(local: string): void {
    this.#path.pop();
    if (local === 'DicomAttribute') this.#closeAttribute();
    else if (local === 'Item') {
      const item = closed(this.#dataSets.pop());
      this.#put(item, this.#numbers.pop() ?? 1);
    } else if (local === 'Value') this.#put(this.#valueOf(this.#text), this.#number);
    else if (local === 'PersonName') this.#put(this.#name, this.#number);
    else if (local === 'InlineBinary') this.#current.inline = this.#text.replace(/\s+/g, '');
    else if (componentGroups.has(local)) {
      const components = nameComponents.map((_, index) => this.#components[index] ?? '');
      this.#name[local] = components.join('^').replace(/\^+$/, '');
    } else if (local === 'NativeDicomModel') this.#root = closed(this.#dataSets.pop());
    else if (nameComponents.includes(local)) this.#components[nameComponents.indexOf(local)] = this.#text;
    this.#text = '';
  }

  #closeAttribute(): void {
    const attribute = this.#current;
    this.#attributes.pop();
    const { tag, vr, creator, values, inline, uri } = attribute;
    const read: JsonAttribute =
      uri !== undefined
        ? { vr, BulkDataURI: uri }
        : inline !== undefined
          ? { vr, InlineBinary: inline }
          : { vr, ...(values.length === 0 ? {} : { Value: Array.from(values, (one) => one ?? null) }) };
    const dataSet = this.#dataSets.at(-1);
    if (creator !== undefined && isPrivateTag(tag)) dataSet?.pending.push({ tag, creator, attribute: read });
    else if (dataSet !== undefined) dataSet.attributes[tag] = read;
  }

  get #current(): OpenAttribute {
    const attribute = this.#attributes.at(-1);
    if (attribute === undefined) throw malformed('a value stands outside of an attribute');
    return attribute;
  }

  /** Values that are left out between others are empty. */
  #put(value: JsonValue, number: number): void {
    this.#current.values[number - 1] = value;
  }

  #numberOf(text: string | undefined): number {
    const next = this.#current.values.length + 1;
    if (text === undefined) return next;
    const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > next + maxLeftOut) throw malformed(`${shown(text)} is no number of a value`);
    return number;
  }

  #valueOf(text: string): JsonValue {
    const { tag, vr } = this.#current;
    if (!numericVrs.has(vr)) return text;
    const trimmed = text.trim();
    if (/^(NaN|-?inf)$/.test(trimmed)) return trimmed;
    const number = Number(trimmed);
    if (trimmed === '' || Number.isNaN(number))
      throw malformed(`${tag} has ${shown(text)}, which is no number`);
    return number;
  }
}

/** Empty values in a row: more would be memory that nobody had to send. */
const maxLeftOut = 1024;

/** Where each element of the model may stand. */
const parents: ReadonlyMap<string, readonly string[]> = new Map([
  ['NativeDicomModel', ['']],
  ['DicomAttribute', ['NativeDicomModel', 'Item']],
  ...['Value', 'PersonName', 'Item', 'InlineBinary', 'BulkData'].map(
    (name) => [name, ['DicomAttribute']] as const,
  ),
  ...[...componentGroups].map((name) => [name, ['PersonName']] as const),
  ...nameComponents.map((name) => [name, [...componentGroups]] as const),
]);

/** The data set with its private attributes in the blocks of their creators (PS3.5 section 7.8.1). */
function closed(dataSet: OpenDataSet | undefined): DicomJson {
  const { attributes, pending } = dataSet ?? { attributes: {}, pending: [] };
  for (const { tag, creator, attribute } of pending) {
    const block = blockOf(attributes, tag.slice(0, 4), creator);
    attributes[`${tag.slice(0, 4)}${block}${tag.slice(6)}`] = attribute;
  }
  return attributes;
}

/** The block that a creator has reserved in a group, or the first free one, which is then its own. */
function blockOf(attributes: Record<Tag, JsonAttribute>, group: string, creator: string): string {
  let free: string | undefined;
  for (let number = 0x10; number <= 0xff; number++) {
    const block = number.toString(16).toUpperCase();
    const reserved = attributes[`${group}00${block}`];
    if (reserved?.Value?.[0] === creator) return block;
    if (reserved === undefined) free ??= block;
  }
  if (free === undefined) throw malformed(`group ${group} has no block left for ${shown(creator)}`);
  attributes[`${group}00${free}`] = { vr: 'LO', Value: [creator] };
  return free;
}

function malformed(why: string): BrokerError {
  return new BrokerError('bad-request', `The metadata is malformed: ${why}.`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
