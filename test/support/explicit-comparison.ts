import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../../broker/domain/transfer-syntax.ts';
import { decodedDifferences } from './decoded-comparison.ts';
import type { SentInstance } from './filled-archive.ts';
import { readPart10 } from './part10.ts';
import type { RealInstance } from './real-instances.ts';
import { type ComparisonOptions, resources } from './retrieve-comparison.ts';
import { runTool } from './run-tool.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { partsOf, retrieve } from './wado-client.ts';

export interface ExplicitVerdict {
  readonly instance: RealInstance;
  /**
   * `as stored`: the bytes and the transfer syntax that the archive sends. `converted`: in Explicit VR
   * Little Endian, and the same as DCMTK's dcmconv makes of what the archive sends. `decoded`: in Explicit VR
   * Little Endian with the pixels that another tool decodes, and all else as the archive sends it.
   */
  readonly outcome: 'as stored' | 'converted' | 'decoded' | 'refused' | 'wrong';
  readonly notes: readonly string[];
}

export interface ExplicitOptions extends Pick<ComparisonOptions, 'wado' | 'instances'> {
  readonly sent: ReadonlyMap<string, SentInstance>;
}

const uncompressed: ReadonlySet<string> = new Set([
  implicitVrLittleEndian,
  explicitVrLittleEndian,
  explicitVrBigEndian,
  deflatedExplicitVrLittleEndian,
]);

/** Asks for every study without naming a transfer syntax, and compares with what other tools make of it. */
export async function compareExplicit(options: ExplicitOptions): Promise<ExplicitVerdict[]> {
  const verdicts: ExplicitVerdict[] = [];
  await using directory = await temporaryDirectory('explicit');
  for (const [path, expected] of resources(options.instances, 'study')) {
    const answer = await retrieve(options.wado + path, {
      accept: 'multipart/related; type="application/dicom"',
    });
    const isWhole = answer.status === 200 && !answer.isBroken;
    const parts = new Map(
      (isWhole ? partsOf(answer) : []).map(({ body }) => [readPart10(body).sopInstance, body] as const),
    );
    for (const instance of expected) {
      const [file, sent] = [parts.get(instance.instance), options.sent.get(instance.instance)];
      if (!isWhole) verdicts.push({ instance, outcome: 'refused', notes: [String(answer.status)] });
      else if (file === undefined || sent === undefined || parts.size !== expected.length) {
        verdicts.push({ instance, outcome: 'wrong', notes: [`${parts.size} of ${expected.length} came`] });
      } else verdicts.push({ instance, ...(await compared(file, sent, directory.path)) });
    }
  }
  return verdicts;
}

async function compared(
  file: Buffer,
  sent: SentInstance,
  directory: string,
): Promise<Pick<ExplicitVerdict, 'outcome' | 'notes'>> {
  const got = readPart10(file);
  if (got.transferSyntax === sent.transferSyntax) {
    const isSame = got.dataSet.equals(sent.dataSet);
    return isSame ? { outcome: 'as stored', notes: [] } : { outcome: 'wrong', notes: ['other bytes'] };
  }
  const path = join(directory, 'converted.dcm');
  await writeFile(path, file);
  if (got.transferSyntax !== explicitVrLittleEndian) {
    return { outcome: 'wrong', notes: [`came in ${got.transferSyntax}`] };
  }
  if (!uncompressed.has(sent.transferSyntax)) {
    const notes = await decodedDifferences(path, sent);
    return { outcome: notes.length === 0 ? 'decoded' : 'wrong', notes };
  }
  const [ours, theirs] = [await normalized(path, directory), await normalized(sent.path, directory)];
  if (ours.equals(theirs)) return { outcome: 'converted', notes: [] };
  return { outcome: 'wrong', notes: ['dcmconv makes another data set of what the archive sends'] };
}

/**
 * The data set as dcmconv writes it in Explicit VR Little Endian. Sequences may be written with a length
 * or a delimiter, and group lengths left out (PS3.5 sections 7.5.1 and 7.2): both are made alike.
 */
async function normalized(path: string, directory: string): Promise<Buffer> {
  const output = join(directory, 'normalized.dcm');
  const result = await runTool('dcmconv', ['+te', '-g', '+e', path, output]);
  if (result.exitCode !== 0) throw new Error(`dcmconv cannot read ${path}.\n${result.output.slice(-2000)}`);
  return readPart10(await readFile(output)).dataSet;
}
