import { implicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { runTool } from './run-tool.ts';

/** What an archive files an instance under. */
export interface RealInstance {
  readonly file: string;
  /** As the file's meta information says; Implicit VR Little Endian, the default, where it says nothing. */
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
 * Reads the identifying attributes of files with DCMTK's dcmdump, in one run.
 * @returns those that it can read and that have all of them, in their order
 */
export async function identifyAll(files: readonly string[]): Promise<RealInstance[]> {
  const parameters = Object.values(tags).flatMap((tag) => ['+P', tag]);
  // +F: the file's name before its attributes; -Un: UIDs as numbers; +uc: UN by its true representation.
  const { stdout } = await runTool('dcmdump', ['-q', '+F', '-Un', '-s', '+uc', ...parameters, ...files]);
  const printed = new Map(
    stdout.split(/^# dcmdump \(\d+\/\d+\): /m).map((text) => {
      const end = text.indexOf('\n');
      return [text.slice(0, end), text.slice(end)] as const;
    }),
  );
  return files
    .map((file) => identify(file, printed.get(file) ?? ''))
    .filter((instance) => instance !== undefined);
}

function identify(file: string, printed: string): RealInstance | undefined {
  const value = (tag: string): string =>
    new RegExp(`^\\(${tag}\\) UI \\[([0-9.]+)\\s*\\]`, 'm').exec(printed)?.[1] ?? '';
  const instance = {
    file,
    transferSyntax: value(tags.transferSyntax) || implicitVrLittleEndian,
    sopClass: value(tags.sopClass),
    study: value(tags.study),
    series: value(tags.series),
    instance: value(tags.instance),
  };
  return Object.values(instance).includes('') ? undefined : instance;
}

/**
 * Sorts instances into groups that one archive can hold at a time: of one transfer syntax (dcmqrscp
 * can send no more), and no SOP Instance UID twice (many real files are versions of one instance).
 */
export function groupForArchive(instances: readonly RealInstance[]): RealInstance[][] {
  const groups: RealInstance[][] = [];
  for (const instance of instances) {
    const group = groups.find(
      (some) =>
        some[0]?.transferSyntax === instance.transferSyntax &&
        some.every((other) => other.instance !== instance.instance),
    );
    if (group === undefined) groups.push([instance]);
    else group.push(instance);
  }
  return groups;
}
