import type { AttributeLines } from '../dicom/attribute-lines.ts';
import type { InstanceOutline } from '../dicom/instance-outline.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Uid } from '../domain/uid.ts';
import type { StoredInstance } from './stored-instance.ts';

/** An instance whose metadata is wanted. */
export interface WantedInstance extends StoredInstance {
  /** Its file has ended the thread before, and is not looked into again. */
  readonly isHarmful?: boolean;
}

/**
 * Instances as a list of their fields one after the other: of a thousand objects, their keys would be
 * most of what goes from thread to thread.
 */
export type PackedInstances = readonly (string | number)[];

const fieldsOfInstance = 11;
const harmfulField = 10;

export function packInstances(instances: readonly StoredInstance[]): PackedInstances {
  return instances.flatMap((one) => [
    one.archive,
    one.study,
    one.series,
    one.instance,
    one.sopClassUid,
    one.transferSyntaxUid,
    one.size,
    one.dataSetOffset,
    one.crc32,
    one.path,
    0,
  ]);
}

export function unpackInstances(packed: PackedInstances): WantedInstance[] {
  const instances: WantedInstance[] = [];
  for (let at = 0; at < packed.length; at += fieldsOfInstance) {
    instances.push({
      archive: packed[at] as string,
      study: packed[at + 1] as Uid,
      series: packed[at + 2] as Uid,
      instance: packed[at + 3] as Uid,
      sopClassUid: packed[at + 4] as string,
      transferSyntaxUid: packed[at + 5] as string,
      size: packed[at + 6] as number,
      dataSetOffset: packed[at + 7] as number,
      crc32: packed[at + 8] as number,
      path: packed[at + 9] as string,
      isHarmful: packed[at + harmfulField] === 1,
    });
  }
  return instances;
}

/** The same, where the instance at that place is not to be looked into any more. */
export function markHarmful(packed: PackedInstances, index: number): PackedInstances {
  return packed.with(index * fieldsOfInstance + harmfulField, 1);
}

export interface NamedStudy {
  readonly archive: string;
  readonly study: string;
}

/** Asks for the metadata of the first of these instances, as many as fit one answer. */
export interface TextsRequest {
  readonly kind: 'texts';
  readonly instances: PackedInstances;
  /** URL of the service below which the bulk data of the client is. */
  readonly service: string;
}

export interface PlacesRequest {
  readonly kind: 'places';
  readonly instances: PackedInstances;
}

/** Asks for the outlines of the first of these instances, as many as are made in a moment. */
export interface OutlinesRequest {
  readonly kind: 'outlines';
  readonly instances: PackedInstances;
}

/** Asks for the attributes of one instance, laid out in lines. */
export interface AttributesRequest {
  readonly kind: 'attributes';
  readonly instances: PackedInstances;
}

/** Asks for studies of which there is metadata, by archive and UID from the given one on. */
export interface StudiesRequest {
  readonly kind: 'studies';
  readonly after: NamedStudy;
}

export type MetadataQuestion =
  TextsRequest | PlacesRequest | OutlinesRequest | AttributesRequest | StudiesRequest;

/** What needs no answer, but for `close`, after which the thread ends. */
export type MetadataOrder =
  | { readonly kind: 'prepare'; readonly instances: PackedInstances }
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
  /** Null for those whose file cannot be read. */
  readonly outlines?: readonly (InstanceOutline | null)[];
  readonly attributes?: AttributeLines;
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
