import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { HeaderScanner } from '../dicom/header-scanner.ts';
import type { ReadFileMeta } from '../dicom/file-meta.ts';
import { readFileMeta } from '../dicom/file-meta.ts';
import { BrokerError } from '../domain/errors.ts';
import { encodingOf } from '../domain/transfer-syntax.ts';
import type { InstanceName, StoredInstance } from './stored-instance.ts';

/**
 * Reads in pieces what the index needs to know of a file: its header, and all of it for the CRC-32.
 * @param path of the file
 * @param name what its place in the cache says that it is
 * @param buffer memory to read into, larger than any File Meta Information
 * @throws BrokerError `cache-damaged` or `malformed-data-set` where the file is not the instance that
 *   its place says; otherwise the file system's error
 */
export async function readInstanceFile(
  path: string,
  name: InstanceName,
  buffer: Uint8Array,
): Promise<StoredInstance> {
  const file = await open(path, 'r');
  try {
    let size = 0;
    let crc = 0;
    let header: { meta: ReadFileMeta; scanner: HeaderScanner } | undefined;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      if (header === undefined) header = startHeader(bytes);
      else header.scanner.push(bytes);
      crc = crc32(bytes, crc);
      size += bytesRead;
    }
    if (header === undefined) throw notThatInstance(name, 'it is empty');
    header.scanner.end();
    const sopClassUid = checkedSopClass(name, header.meta, header.scanner);
    const { transferSyntaxUid, dataSetOffset } = header.meta;
    return { ...name, path, sopClassUid, transferSyntaxUid, size, dataSetOffset, crc32: crc };
  } finally {
    await file.close();
  }
}

function startHeader(bytes: Uint8Array): { meta: ReadFileMeta; scanner: HeaderScanner } {
  const meta = readFileMeta(bytes);
  const scanner = new HeaderScanner(encodingOf(meta.transferSyntaxUid));
  scanner.push(bytes.subarray(meta.dataSetOffset));
  return { meta, scanner };
}

function checkedSopClass(name: InstanceName, meta: ReadFileMeta, { found }: HeaderScanner): string {
  const instance = meta.sopInstanceUid ?? found.sopInstanceUid;
  if (found.studyInstanceUid !== name.study) throw notThatInstance(name, 'its Study Instance UID differs');
  if (found.seriesInstanceUid !== name.series) throw notThatInstance(name, 'its Series Instance UID differs');
  if (instance !== name.instance) throw notThatInstance(name, 'its SOP Instance UID differs');
  const sopClass = meta.sopClassUid ?? found.sopClassUid;
  if (sopClass === undefined) throw notThatInstance(name, 'it names no SOP class');
  return sopClass;
}

function notThatInstance({ instance }: InstanceName, why: string): BrokerError {
  const message = `The cached file of instance ${instance} does not hold that instance: ${why}.`;
  return new BrokerError('cache-damaged', message);
}
