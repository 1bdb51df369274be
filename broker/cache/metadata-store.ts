import { attributeLines, type AttributeLines } from '../dicom/attribute-lines.ts';
import type { DicomJson } from '../dicom/dicom-json.ts';
import { bulkUriMarker } from '../dicom/instance-description.ts';
import { outlineOf, type InstanceOutline } from '../dicom/instance-outline.ts';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import { placesOf } from './instance-places.ts';
import { makeMetadata, metadataOfUids, type MadeMetadata } from './made-metadata.ts';
import type { MetadataDatabase } from './metadata-database.ts';
import {
  type MetadataFailure,
  type TextBatch,
  type WantedInstance,
  textSeparator,
} from './metadata-protocol.ts';
import type { StoredInstance } from './stored-instance.ts';

/**
 * How a stored BulkDataURI begins. Within a value a quote is written as \\", so that no value of a data
 * set can look like it.
 */
const storedUri = Buffer.from(`"BulkDataURI":"${bulkUriMarker}`);
const separator = Buffer.from(textSeparator);

/** An answer ends with the text that reaches one of these. */
const batchBytes = 512 * 1024;
const batchMs = 50;
/** A text that is longer is not parsed for what people read of it: there it is many times as large. */
const longestParsed = 32 * 1024 * 1024;

export interface StoreOptions {
  readonly database: MetadataDatabase;
  /** Told which of the wanted instances is looked at next. */
  readonly lookingAt: (index: number) => void;
  readonly note: (note: string, instance: StoredInstance, problems: readonly string[]) => void;
  readonly now?: () => number;
}

/** Gives out metadata that is kept, and makes and keeps what is not. Works within the metadata thread. */
export class MetadataStore {
  readonly #options: StoreOptions;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** Makes the metadata of an instance unless it is kept already. */
  prepare(instance: StoredInstance): void {
    if (this.#options.database.has(instance)) return;
    try {
      this.#make(instance);
    } catch {
      // Whoever asks for it is told what is wrong with the file.
    }
  }

  commit(): void {
    this.#options.database.commit();
  }

  /** The texts of the first instances, at least one: as many as make a good answer. */
  texts(instances: readonly WantedInstance[], service: string): TextBatch | MetadataFailure {
    const { now = performance.now.bind(performance), lookingAt } = this.#options;
    const startedAt = now();
    const pieces: Uint8Array[] = [];
    const ends: number[] = [];
    let length = 0;
    const add = (piece: Uint8Array): void => {
      pieces.push(piece);
      length += piece.length;
    };
    for (const [index, instance] of instances.entries()) {
      lookingAt(index);
      let text: Uint8Array;
      try {
        text = this.#textOf(instance);
      } catch (thrown) {
        if (index > 0) break;
        return failureOf(thrown, index);
      }
      if (index > 0) add(separator);
      addWithUris(text, () => bulkDataUrl(service, instance), add);
      ends.push(length);
      if (length >= batchBytes || now() - startedAt >= batchMs) break;
    }
    this.commit();
    return { bytes: joined(pieces, length), ends };
  }

  places(instance: WantedInstance): Uint8Array | MetadataFailure {
    this.#options.lookingAt(0);
    try {
      const places = this.#placesOf(instance);
      this.commit();
      return places;
    } catch (thrown) {
      return failureOf(thrown, 0);
    }
  }

  /** The outlines of the first instances, at least one; null for those that tell nothing. */
  outlines(instances: readonly WantedInstance[]): (InstanceOutline | null)[] {
    const { now = performance.now.bind(performance), lookingAt } = this.#options;
    const startedAt = now();
    const outlines: (InstanceOutline | null)[] = [];
    for (const [index, instance] of instances.entries()) {
      lookingAt(index);
      try {
        outlines.push(instance.isHarmful === true ? null : outlineOf(this.#dataSetOf(instance)));
      } catch {
        outlines.push(null);
      }
      if (now() - startedAt >= batchMs) break;
    }
    this.commit();
    return outlines;
  }

  attributes(instance: WantedInstance): AttributeLines | MetadataFailure {
    this.#options.lookingAt(0);
    try {
      if (instance.isHarmful === true) throw harmful();
      const dataSet = this.#dataSetOf(instance);
      const { bulk } = placesOf(Buffer.from(this.#placesOf(instance)).toString());
      this.commit();
      return attributeLines(dataSet, bulk);
    } catch (thrown) {
      return failureOf(thrown, 0);
    }
  }

  /** The attributes, with markers in the place of large values. @throws BrokerError `malformed-data-set` */
  #dataSetOf(instance: WantedInstance): DicomJson {
    const text = this.#textOf(instance);
    if (text.length > longestParsed) {
      const message = `The instance has ${text.length} bytes of attributes, which is more than can be shown.`;
      throw new BrokerError('malformed-data-set', message);
    }
    return JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString()) as DicomJson;
  }

  #placesOf(instance: WantedInstance): Uint8Array {
    return this.#options.database.places(instance) ?? this.#make(instance).places;
  }

  #textOf(instance: WantedInstance): Uint8Array {
    return this.#options.database.text(instance) ?? this.#make(instance).text;
  }

  #make(instance: WantedInstance): MadeMetadata {
    const made = instance.isHarmful === true ? metadataOfUids(instance, harmful()) : makeMetadata(instance);
    if (made.problems.length > 0) {
      this.#options.note('Metadata is not all that it might be', instance, made.problems);
    }
    this.#options.database.put(instance, made);
    return made;
  }
}

/** URL of the bulk data of an instance, as it stands in JSON text. */
function bulkDataUrl(service: string, { study, series, instance }: StoredInstance): Buffer {
  const url = `${service}/studies/${study}/series/${series}/instances/${instance}/bulkdata/`;
  return Buffer.from(`"BulkDataURI":"${JSON.stringify(url).slice(1, -1)}`);
}

/** Adds the text with the client's URLs in the place of markers, in pieces. */
function addWithUris(text: Uint8Array, url: () => Buffer, add: (piece: Uint8Array) => void): void {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  let at = bytes.indexOf(storedUri);
  if (at < 0) {
    add(bytes);
    return;
  }
  const uri = url();
  let start = 0;
  for (; at >= 0; at = bytes.indexOf(storedUri, start)) {
    add(bytes.subarray(start, at));
    add(uri);
    start = at + storedUri.length;
  }
  add(bytes.subarray(start));
}

/** In memory of its own, so that it can be handed to another thread. */
function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function harmful(): BrokerError {
  return new BrokerError('malformed-data-set', 'Reading the file took more time or memory than is allowed.');
}

function failureOf(thrown: unknown, index: number): MetadataFailure {
  const { code, message } = toBrokerError(thrown);
  return { code, message, index };
}
