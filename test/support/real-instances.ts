import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from '../../broker/domain/transfer-syntax.ts';
import { runTool } from './run-tool.ts';

/** What an archive files an instance under. */
export interface RealInstance {
  readonly file: string;
  /** As the file's meta information says; as DCMTK recognizes it where that says nothing. */
  readonly transferSyntax: string;
  readonly sopClass: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

const tags = {
  transferSyntax: '0002,0010',
  sopClass: '0008,0016',
  instance: '0008,0018',
  study: '0020,000d',
  series: '0020,000e',
};

/**
 * Reads the identifying attributes of files with DCMTK's dcmdump.
 * @returns those that it can read and that have all of them, in their order
 */
export async function identifyAll(files: readonly string[]): Promise<RealInstance[]> {
  const parameters = Object.values(tags).flatMap((tag) => ['+P', tag]);
  // +F: the file's name before its attributes; -Un: UIDs as numbers; +uc: UN by its true representation;
  // +p: the path before attributes in sequences, which are passed over.
  const options = ['-q', '+F', '-Un', '+s', '+uc', '+p'];
  const { stdout } = await runTool('dcmdump', [...options, ...parameters, ...files]);
  const printed = new Map(
    stdout.split(/^# dcmdump \(\d+\/\d+\): /m).map((text) => {
      const end = text.indexOf('\n');
      return [text.slice(0, end), text.slice(end)] as const;
    }),
  );
  const instances: RealInstance[] = [];
  for (const file of files) {
    const instance = identify(file, printed.get(file) ?? '');
    if (instance.transferSyntax === '') instance.transferSyntax = await recognizedSyntax(file);
    if (!Object.values(instance).includes('')) instances.push(instance);
  }
  return instances;
}

function identify(file: string, printed: string): { -readonly [Key in keyof RealInstance]: string } {
  const value = (tag: string): string =>
    new RegExp(`^\\(${tag}\\) UI \\[([0-9.]+)\\s*\\]`, 'm').exec(printed)?.[1] ?? '';
  return {
    file,
    transferSyntax: value(tags.transferSyntax),
    sopClass: value(tags.sopClass),
    study: value(tags.study),
    series: value(tags.series),
    instance: value(tags.instance),
  };
}

const syntaxNames: Readonly<Record<string, string>> = {
  'Big Endian Explicit': explicitVrBigEndian,
  'Little Endian Explicit': explicitVrLittleEndian,
  'Little Endian Implicit': implicitVrLittleEndian,
};

/** The transfer syntax of a file that does not name it, found by its content; empty where DCMTK finds none. */
async function recognizedSyntax(file: string): Promise<string> {
  const { stdout } = await runTool('dcmdump', ['-q', file]);
  // That of the file meta information comes first.
  const [, dataSet = ''] = [...stdout.matchAll(/^# Used TransferSyntax: (.*)$/gm)].map(([, name]) => name);
  return syntaxNames[dataSet] ?? '';
}

/**
 * Sorts instances into groups that one archive can hold at a time: no SOP Instance UID twice (many
 * real files are versions of one instance), and of one transfer syntax unless `mixed` (dcmqrscp can
 * send no more).
 */
export function groupForArchive(
  instances: readonly RealInstance[],
  { mixed = false } = {},
): RealInstance[][] {
  const groups: RealInstance[][] = [];
  for (const instance of instances) {
    const group = groups.find(
      (some) =>
        (mixed || some[0]?.transferSyntax === instance.transferSyntax) &&
        some.every((other) => other.instance !== instance.instance),
    );
    if (group === undefined) groups.push([instance]);
    else group.push(instance);
  }
  return groups;
}
