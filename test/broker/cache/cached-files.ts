import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Cache } from '../../../broker/cache/cache.ts';
import type { CacheLogger } from '../../../broker/cache/cache-logger.ts';
import { instancePath } from '../../../broker/cache/instance-path.ts';
import type { InstanceName, StoredInstance } from '../../../broker/cache/stored-instance.ts';
import { fileMetaHeader } from '../../../broker/dicom/file-meta.ts';
import { explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import type { Uid } from '../../../broker/domain/uid.ts';

export const minute = 60_000;
export const sopClass = '1.2.840.10008.5.1.4.1.1.7';

export function uid(text: string): Uid {
  return text as Uid;
}

/** The n-th instance of a series of a study. */
export function nameOf(study: number, series: number, instance: number, archive = 'default'): InstanceName {
  return {
    archive,
    study: uid(`1.2.${study}`),
    series: uid(`1.2.${study}.${series}`),
    instance: uid(`1.2.${study}.${series}.${instance}`),
  };
}

/** A data set of just what says where it belongs, and some pixel data (Explicit VR Little Endian). */
export function dataSetOf(name: InstanceName, pixels: Uint8Array): Buffer {
  const pixelHeader = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0, 0, 0, 0]);
  pixelHeader.writeUInt32LE(pixels.length, 8);
  return Buffer.concat([
    uidElement(0x0008, 0x0016, sopClass),
    uidElement(0x0008, 0x0018, name.instance),
    uidElement(0x0020, 0x000d, name.study),
    uidElement(0x0020, 0x000e, name.series),
    pixelHeader,
    pixels,
  ]);
}

/** Puts a DICOM file in its place, as the receiver does. */
export function writeInstance(directory: string, name: InstanceName, pixelBytes = 100): StoredInstance {
  const header = fileMetaHeader({
    sopClassUid: sopClass,
    sopInstanceUid: name.instance,
    transferSyntaxUid: explicitVrLittleEndian,
  });
  const file = Buffer.concat([header, dataSetOf(name, Buffer.alloc(pixelBytes, name.instance))]);
  const path = instancePath(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file);
  return {
    ...name,
    path,
    sopClassUid: sopClass,
    transferSyntaxUid: explicitVrLittleEndian,
    size: file.length,
    dataSetOffset: header.length,
    crc32: crc32(file),
  };
}

export interface TestLogger extends CacheLogger {
  readonly entries: { level: string; message: string }[];
}

export function testLogger(): TestLogger {
  const entries: { level: string; message: string }[] = [];
  const at = (level: string) => (fields: object | string, message?: string) => {
    entries.push({ level, message: message ?? JSON.stringify(fields) });
  };
  return { entries, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A cache in a directory of its own, with a clock that stands still until it is set. */
export class TestCache {
  readonly directory = mkdtempSync(join(tmpdir(), 'cache-test-'));
  readonly logger = testLogger();
  now = 1_800_000_000_000;
  /** Studies that have left, as `archive/study`. */
  readonly left: string[] = [];
  #open: Cache | undefined;

  async open(limits: { maxAgeInMin?: number; maxSizeInMb?: number } = {}): Promise<Cache> {
    await this.#open?.close();
    this.#open = await Cache.open({
      directory: this.directory,
      maxAgeInMin: limits.maxAgeInMin ?? 60,
      maxSizeInMb: limits.maxSizeInMb ?? 0,
      logger: this.logger,
      now: () => this.now,
      onStudyLeft: (archive, study) => this.left.push(`${archive}/${study}`),
    });
    return this.#open;
  }

  /** Writes the file of an instance and adds it to the cache. */
  store(name: InstanceName, pixelBytes?: number): StoredInstance {
    const stored = writeInstance(this.directory, name, pixelBytes);
    this.#open?.add(stored);
    return stored;
  }

  async remove(): Promise<void> {
    await this.#open?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function uidElement(group: number, element: number, value: string): Buffer {
  const padded = value.length % 2 === 0 ? value : `${value}\0`;
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(element, 2);
  header.write('UI', 4, 'latin1');
  header.writeUInt16LE(padded.length, 6);
  return Buffer.concat([header, Buffer.from(padded, 'latin1')]);
}
