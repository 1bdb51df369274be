/** A file as it is put into an archive: as it is, without compression. */
export interface ZipEntry {
  /** Path within the archive: ASCII, with slashes. */
  readonly name: string;
  readonly size: number;
  readonly crc32: number;
}

/** From here on sizes, places and counts stand in the fields of ZIP64. */
const full32 = 0xffffffff;
const full16 = 0xffff;
const zip64Version = 45;
const plainVersion = 20;
/** 1 January 1980, where the format's time begins: an instance has no other date that everybody agrees on. */
const date = 0x0021;

/**
 * Writes what stands around the files of a ZIP archive (APPNOTE.TXT 6.3.3, sections 4.3 and 4.5.3) while it
 * is being sent: sizes and CRC-32 of cached files are known beforehand, so nothing has to be read twice and
 * the length of the whole can be told.
 */
export class ZipArchive {
  readonly #files: { readonly inDirectory: Buffer; readonly end: number }[] = [];

  /** The length of an archive of these files in bytes. */
  static lengthOf(entries: Iterable<ZipEntry>): number {
    const archive = new ZipArchive();
    let index = 0;
    for (const entry of entries) archive.add(entry, index++);
    return archive.#length + archive.end().length;
  }

  /**
   * What stands before the bytes of a file, all of which follow.
   * @param index place of the file, from 0: files from there on that were added before are taken back
   */
  add(entry: ZipEntry, index: number): Buffer {
    this.#files.length = index;
    const start = this.#length;
    const isLarge = entry.size >= full32;
    const extra = isLarge ? zip64Extra([entry.size, entry.size]) : Buffer.alloc(0);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(isLarge ? zip64Version : plainVersion, 4);
    writeShared(header, 10, entry, isLarge);
    header.writeUInt16LE(entry.name.length, 26);
    header.writeUInt16LE(extra.length, 28);
    const bytes = Buffer.concat([header, Buffer.from(entry.name, 'latin1'), extra]);
    const end = start + bytes.length + entry.size;
    this.#files.push({ inDirectory: directoryEntry(entry, start), end });
    return bytes;
  }

  /** What stands behind the last file. */
  end(): Buffer {
    const directory = Buffer.concat(this.#files.map(({ inDirectory }) => inDirectory));
    const count = this.#files.length;
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(Math.min(count, full16), 8);
    end.writeUInt16LE(Math.min(count, full16), 10);
    end.writeUInt32LE(Math.min(directory.length, full32), 12);
    end.writeUInt32LE(Math.min(this.#length, full32), 16);
    const isLarge = count >= full16 || directory.length >= full32 || this.#length >= full32;
    return Buffer.concat([directory, ...(isLarge ? [this.#zip64End(directory.length)] : []), end]);
  }

  /** Bytes of all files and what stands before each. */
  get #length(): number {
    return this.#files.at(-1)?.end ?? 0;
  }

  /** The ZIP64 end of the directory, and where that is. */
  #zip64End(directoryLength: number): Buffer {
    const end = Buffer.alloc(56 + 20);
    end.writeUInt32LE(0x06064b50, 0);
    end.writeBigUInt64LE(44n, 4);
    end.writeUInt16LE(zip64Version, 12);
    end.writeUInt16LE(zip64Version, 14);
    const count = BigInt(this.#files.length);
    end.writeBigUInt64LE(count, 24);
    end.writeBigUInt64LE(count, 32);
    end.writeBigUInt64LE(BigInt(directoryLength), 40);
    end.writeBigUInt64LE(BigInt(this.#length), 48);
    end.writeUInt32LE(0x07064b50, 56);
    end.writeBigUInt64LE(BigInt(this.#length + directoryLength), 64);
    end.writeUInt32LE(1, 72);
    return end;
  }
}

function directoryEntry(entry: ZipEntry, offset: number): Buffer {
  const isLarge = entry.size >= full32;
  const isFar = offset >= full32;
  const fields = [...(isLarge ? [entry.size, entry.size] : []), ...(isFar ? [offset] : [])];
  const extra = fields.length === 0 ? Buffer.alloc(0) : zip64Extra(fields);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  const version = fields.length === 0 ? plainVersion : zip64Version;
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(version, 6);
  writeShared(header, 12, entry, isLarge);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(isFar ? full32 : offset, 42);
  return Buffer.concat([header, Buffer.from(entry.name, 'latin1'), extra]);
}

/** Time, date, CRC-32 and both sizes, which stand alike in both headers. */
function writeShared(header: Buffer, at: number, { size, crc32 }: ZipEntry, isLarge: boolean): void {
  header.writeUInt16LE(date, at + 2);
  header.writeUInt32LE(crc32, at + 4);
  header.writeUInt32LE(isLarge ? full32 : size, at + 8);
  header.writeUInt32LE(isLarge ? full32 : size, at + 12);
}

function zip64Extra(fields: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * fields.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * fields.length, 2);
  fields.forEach((field, index) => extra.writeBigUInt64LE(BigInt(field), 4 + 8 * index));
  return extra;
}
