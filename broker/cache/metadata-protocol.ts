import type { ErrorCode } from '../domain/errors.ts';
import type { StoredInstance } from './stored-instance.ts';

/** An instance whose metadata is wanted. */
export interface WantedInstance extends StoredInstance {
  /** Its file has ended the thread before, and is not looked into again. */
  readonly isHarmful?: boolean;
}

export interface NamedStudy {
  readonly archive: string;
  readonly study: string;
}

/** Asks for the metadata of the first of these instances, as many as fit one answer. */
export interface TextsRequest {
  readonly kind: 'texts';
  readonly instances: readonly WantedInstance[];
  /** URL of the service below which the bulk data of the client is. */
  readonly service: string;
}

export interface PlacesRequest {
  readonly kind: 'places';
  readonly instances: readonly [WantedInstance];
}

/** Asks for studies of which there is metadata, by archive and UID from the given one on. */
export interface StudiesRequest {
  readonly kind: 'studies';
  readonly after: NamedStudy;
}

export type MetadataQuestion = TextsRequest | PlacesRequest | StudiesRequest;

/** What needs no answer, but for `close`, after which the thread ends. */
export type MetadataOrder =
  | { readonly kind: 'prepare'; readonly instances: readonly StoredInstance[] }
  | { readonly kind: 'remove'; readonly studies: readonly NamedStudy[] }
  | { readonly kind: 'close' };

export type MetadataMessage = MetadataOrder | (MetadataQuestion & { readonly id: number });

/** Texts of one or more instances, joined by a comma and a line feed. */
export interface TextBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The byte behind each text. */
  readonly ends: readonly number[];
}

export interface MetadataAnswer {
  readonly id: number;
  readonly texts?: TextBatch;
  readonly places?: Uint8Array;
  readonly studies?: readonly NamedStudy[];
  readonly failure?: MetadataFailure;
}

export interface MetadataFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** Place among the instances that were asked for. */
  readonly index: number;
}

/** Something for the log. */
export interface MetadataNote {
  readonly note: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface MetadataWorkerData {
  /** Path of the database. */
  readonly path: string;
  /** The question that is being answered, 0 for none, and the place of the instance that is looked at. */
  readonly current: Int32Array<SharedArrayBuffer>;
}

/** What stands between two texts. */
export const textSeparator = ',\n';
