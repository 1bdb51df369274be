import type { SQLOutputValue } from 'node:sqlite';
import { BrokerError } from '../domain/errors.ts';
import type { Uid } from '../domain/uid.ts';
import { isUid } from '../domain/uid.ts';
import { instancePath } from './instance-path.ts';
import type { CachedStudy, StoredInstance } from './stored-instance.ts';

type Row = Record<string, SQLOutputValue>;

/** A row of the table `instance`, with the path of its file. */
export function toStoredInstance(row: Row, cacheDir: string): StoredInstance {
  const name = {
    archive: text(row, 'archive'),
    study: uid(row, 'study'),
    series: uid(row, 'series'),
    instance: uid(row, 'instance'),
  };
  return {
    ...name,
    sopClassUid: text(row, 'sop_class'),
    transferSyntaxUid: text(row, 'transfer_syntax'),
    size: integer(row, 'size'),
    dataSetOffset: integer(row, 'data_set_offset'),
    crc32: integer(row, 'crc32'),
    path: instancePath(cacheDir, name),
    arrival: integer(row, 'arrival'),
  };
}

/** A row of the table `study`. */
export function toCachedStudy(row: Row): CachedStudy {
  return {
    archive: text(row, 'archive'),
    study: uid(row, 'study'),
    instances: integer(row, 'instances'),
    bytes: integer(row, 'bytes'),
    lastUsedAt: integer(row, 'last_used_at'),
  };
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw odd(column, value);
}

function uid(row: Row, column: string): Uid {
  const value = row[column];
  if (typeof value === 'string' && isUid(value)) return value;
  throw odd(column, value);
}

function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number') return value;
  throw odd(column, value);
}

function odd(column: string, value: SQLOutputValue | undefined): BrokerError {
  const shown = String(value).slice(0, 80);
  return new BrokerError(
    'internal',
    `The cache index holds a wrong value in the column ${column}: ${shown}.`,
  );
}
