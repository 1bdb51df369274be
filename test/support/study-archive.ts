import { studyRootGetSopClass } from '../../broker/domain/sop-class.ts';
import { implicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import type { Peer } from './dcmtk-tools.ts';
import { encode } from './explicit-encoder.ts';
import { type ScriptedArchive, startScriptedArchive } from './scripted-archive.ts';
import type { ScriptedAssociation } from './scripted-association.ts';
import { type Command, commandFields } from './scripted-command.ts';
import type { ProposedContext } from './scripted-associate.ts';
import type { Message } from './scripted-connection.ts';
import { type ScriptedInstance, type ScriptedStudy, sendInstances } from './scripted-study.ts';

/** The unique keys of a request, by tag: what it asks for. */
export type Identifier = ReadonlyMap<string, string>;

/** One C-MOVE that has come. */
export interface Move {
  /** Counts them from 0. */
  readonly index: number;
  readonly message: Message;
  readonly association: ScriptedAssociation;
  /** The instances of the study that it asks for. */
  readonly wanted: readonly ScriptedInstance[];
  /** Sends instances to the gateway, all that are wanted where none are given. */
  send(instances?: readonly ScriptedInstance[]): Promise<(number | string)[]>;
  respond(status: number, extra?: Command): Promise<void>;
}

export interface StudyArchiveOptions {
  readonly study: ScriptedStudy;
  /** Where the gateway receives. */
  readonly gateway: Peer;
  /** Carries out a C-MOVE. Default: sends what is wanted and answers with the counts. */
  readonly move?: (move: Move) => Promise<void>;
  /** Takes over before the association is accepted; true where it has dealt with the connection. */
  readonly associate?: (association: ScriptedAssociation) => Promise<boolean>;
  /** Answers a C-FIND in place of the list; true where it has. */
  readonly find?: (association: ScriptedAssociation, message: Message) => Promise<boolean>;
  /** What C-FIND says that there is. Default: the study. */
  readonly listed?: () => readonly ScriptedInstance[];
  /** Put behind every UID of an answer to C-FIND. */
  readonly padding?: string;
}

export interface StudyArchive extends ScriptedArchive {
  /** The identifiers of the C-MOVEs that came. */
  readonly moves: readonly Identifier[];
  readonly finds: readonly Identifier[];
}

/** Counts as a final response carries them. */
export function counts(completed: number, failed = 0): Command {
  return {
    NumberOfCompletedSuboperations: completed,
    NumberOfFailedSuboperations: failed,
    NumberOfWarningSuboperations: 0,
  };
}

/** An archive of one study that finds and moves as it is told, and answers C-ECHO. It has no C-GET. */
export async function startStudyArchive(options: StudyArchiveOptions): Promise<StudyArchive> {
  const moves: Identifier[] = [];
  const finds: Identifier[] = [];
  const archive = await startScriptedArchive(async (association) => {
    if ((await options.associate?.(association)) === true) return;
    const { contexts } = await association.accept({ choose: withoutGet });
    for (;;) {
      const incoming = await association.read().catch(() => undefined);
      if (incoming === undefined) continue;
      if (incoming.kind === 'release') return association.acknowledgeRelease();
      if (incoming.kind !== 'message') return;
      const field = incoming.command.CommandField;
      const syntaxes = contexts.find(({ id }) => id === incoming.contextId)?.transferSyntaxes ?? [];
      const isImplicit = syntaxes.length === 1 && syntaxes[0] === implicitVrLittleEndian;
      const identifier = readIdentifier(incoming.dataSet, isImplicit);
      if (field === commandFields.echo) await association.respond(incoming, 0);
      else if (field === commandFields.find) {
        finds.push(identifier);
        if ((await options.find?.(association, incoming)) === true) continue;
        await answerFind(association, incoming, { identifier, ...options });
      } else if (field === commandFields.move) {
        moves.push(identifier);
        await (options.move ?? moveAll)(
          moveOf({ association, message: incoming, identifier, index: moves.length - 1 }, options),
        );
      }
    }
  });
  return Object.defineProperties(archive, {
    moves: { value: moves },
    finds: { value: finds },
  }) as StudyArchive;
}

function withoutGet({ abstractSyntax, transferSyntaxes }: ProposedContext): string | number {
  if (abstractSyntax === studyRootGetSopClass) return 3;
  return transferSyntaxes[0] ?? 4;
}

async function moveAll(move: Move): Promise<void> {
  await move.send();
  await move.respond(0, counts(move.wanted.length));
}

interface Asked {
  readonly association: ScriptedAssociation;
  readonly message: Message;
  readonly identifier: Identifier;
  readonly index: number;
}

function moveOf(
  { association, message, identifier, index }: Asked,
  { study, gateway }: StudyArchiveOptions,
): Move {
  const wanted = study.instances.filter((instance) => matches(instance, identifier));
  return {
    index,
    message,
    association,
    wanted,
    send: (instances = wanted) => sendInstances(gateway, instances),
    respond: (status, extra = {}) => association.respond(message, status, extra),
  };
}

function matches({ study, series, instance }: ScriptedInstance, identifier: Identifier): boolean {
  const fits = (tag: string, uid: string): boolean => {
    const wanted = identifier.get(tag) ?? '';
    return wanted === '' || wanted.split('\\').includes(uid);
  };
  return fits('0020000D', study) && fits('0020000E', series) && fits('00080018', instance);
}

async function answerFind(
  association: ScriptedAssociation,
  message: Message,
  { identifier, study, listed, padding = '' }: StudyArchiveOptions & { identifier: Identifier },
): Promise<void> {
  const level = identifier.get('00080052') ?? '';
  const answered = new Set<string>();
  for (const one of (listed?.() ?? study.instances).filter((instance) => matches(instance, identifier))) {
    const unique = { STUDY: one.study, SERIES: one.series }[level] ?? one.instance;
    if (answered.has(unique)) continue;
    answered.add(unique);
    const isImage = level === 'IMAGE';
    const answer = encode([
      ...(isImage ? ([[0x0008, 0x0016, 'UI', one.sopClass]] as const) : []),
      ...(isImage ? ([[0x0008, 0x0018, 'UI', one.instance + padding]] as const) : []),
      [0x0008, 0x0052, 'CS', level],
      [0x0020, 0x000d, 'UI', one.study + padding],
      ...(level === 'STUDY' ? [] : ([[0x0020, 0x000e, 'UI', one.series + padding]] as const)),
    ]);
    await association.respond(message, 0xff00, {}, answer);
  }
  await association.respond(message, 0);
}

const longVrs = ['OB', 'OW', 'SQ', 'UN', 'UT'];

function readIdentifier(dataSet: Buffer | undefined, isImplicit: boolean): Identifier {
  const values = new Map<string, string>();
  if (dataSet === undefined) return values;
  for (let position = 0; position + 8 <= dataSet.length;) {
    const group = dataSet.readUInt16LE(position);
    const element = dataSet.readUInt16LE(position + 2);
    const isLong = !isImplicit && longVrs.includes(dataSet.toString('latin1', position + 4, position + 6));
    const start = position + (isLong ? 12 : 8);
    const length = isImplicit
      ? dataSet.readUInt32LE(position + 4)
      : isLong
        ? dataSet.readUInt32LE(position + 8)
        : dataSet.readUInt16LE(position + 6);
    const tag = ((group << 16) | element) >>> 0;
    const value = dataSet.toString('latin1', start, start + length).replace(/[\0 ]+$/, '');
    values.set(tag.toString(16).padStart(8, '0').toUpperCase(), value);
    position = start + length;
  }
  return values;
}
