import type { StoredInstance } from '../../cache/stored-instance.ts';
import type { PartToSend } from './instances-writer.ts';
import {
  multipartContentType,
  multipartEnd,
  multipartLength,
  newBoundary,
  partStart,
} from '../http/multipart.ts';
import { ZipArchive, type ZipEntry } from './zip-archive.ts';

/** How instances are put together in one body. */
export type PackagingName = 'multipart' | 'single' | 'zip';

/** What stands around the instances in one body; made anew for each. */
export interface InstancePackaging {
  /** Undefined where the first instance tells it, from the first `before` on. */
  readonly contentType: string | undefined;
  /** What stands before an instance; asked for again where sending begins again behind a damaged file. */
  before(index: number, part: PartToSend): Buffer;
  /** What stands behind the last. */
  end(): Buffer;
  /** Bytes of the whole where all are sent as they are stored. */
  lengthOf(instances: readonly StoredInstance[]): number;
}

const dicom = 'application/dicom';
const nothing = Buffer.alloc(0);

export function newPackaging(name: PackagingName): InstancePackaging {
  if (name === 'zip') return new ZipPackaging();
  return name === 'single' ? new SinglePart() : new Multipart();
}

/** Each instance is a part of a multipart message. */
class Multipart implements InstancePackaging {
  readonly #boundary = newBoundary();
  readonly contentType = multipartContentType(dicom, this.#boundary);

  before(index: number, { transferSyntaxUid, length }: PartToSend): Buffer {
    const header = { contentType: partType(transferSyntaxUid), ...(length === undefined ? {} : { length }) };
    return Buffer.from(partStart(this.#boundary, header, index === 0));
  }

  end(): Buffer {
    return Buffer.from(multipartEnd(this.#boundary));
  }

  lengthOf(instances: readonly StoredInstance[]): number {
    const parts = instances.map(({ transferSyntaxUid, size }) => ({
      contentType: partType(transferSyntaxUid),
      length: size,
    }));
    return multipartLength(this.#boundary, parts);
  }
}

/** One instance is the body. */
class SinglePart implements InstancePackaging {
  contentType: string | undefined;

  before(_index: number, { transferSyntaxUid }: PartToSend): Buffer {
    this.contentType = partType(transferSyntaxUid);
    return nothing;
  }

  end(): Buffer {
    return nothing;
  }

  lengthOf([instance]: readonly StoredInstance[]): number {
    return instance?.size ?? 0;
  }
}

/** Each instance is a file of a ZIP archive, as it is stored: `{series}/{instance}.dcm`. */
class ZipPackaging implements InstancePackaging {
  readonly contentType = 'application/zip';
  readonly #archive = new ZipArchive();

  before(index: number, { instance }: PartToSend): Buffer {
    return this.#archive.add(entryOf(instance), index);
  }

  end(): Buffer {
    return this.#archive.end();
  }

  lengthOf(instances: readonly StoredInstance[]): number {
    return ZipArchive.lengthOf(instances.map(entryOf));
  }
}

function partType(transferSyntaxUid: string): string {
  return `${dicom}; transfer-syntax=${transferSyntaxUid}`;
}

function entryOf({ series, instance, size, crc32 }: StoredInstance): ZipEntry {
  return { name: `${series}/${instance}.dcm`, size, crc32 };
}
