import type { DicomJson } from '../../broker/dicom/dicom-json.ts';
import { readDataSet } from '../../broker/dicom/data-set-reader.ts';
import { encodingOf, explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { studyRootFindSopClass } from '../../broker/domain/sop-class.ts';
import { type Element, encode } from './explicit-encoder.ts';
import type { Script } from './scripted-archive.ts';
import type { ScriptedAssociation } from './scripted-association.ts';
import { commandFields } from './scripted-command.ts';
import type { Message } from './scripted-connection.ts';

/** How an archive answers a query: pending answers, and what ends them. */
export interface FindReply {
  /** Elements of each answer, or its bytes. */
  readonly answers?: readonly (readonly Element[] | Buffer)[];
  /** Of the pending answers; default 0xFF00. */
  readonly pendingStatus?: number;
  /** Of the end; default success. */
  readonly status?: number;
  /** Answers are sent over and over until C-CANCEL comes. */
  readonly isEndless?: boolean;
  /** Breaks the association off instead of ending. */
  readonly abort?: boolean;
}

export interface ScriptedFinds {
  readonly script: Script;
  /** The identifiers that were asked, in their order over all associations. */
  readonly queries: DicomJson[];
  /** The same as they came, in Explicit VR Little Endian. */
  readonly identifiers: Buffer[];
  /** Extended negotiation bytes of each association. */
  readonly proposed: (readonly number[])[];
  /** C-CANCEL requests that came. */
  cancels: number;
}

/** An archive that answers every C-FIND as `reply` says. `extended`: its answer to the negotiation. */
export function scriptedFinds(
  reply: (query: DicomJson) => FindReply,
  extended?: readonly number[],
): ScriptedFinds {
  const finds: ScriptedFinds = {
    queries: [],
    identifiers: [],
    proposed: [],
    cancels: 0,
    async script(association) {
      const extendedNegotiation =
        extended === undefined ? [] : [{ sopClass: studyRootFindSopClass, bytes: extended }];
      const request = await association.accept({ extendedNegotiation });
      finds.proposed.push(request.extendedNegotiation[0]?.bytes ?? []);
      for (;;) {
        const incoming = await association.read();
        if (incoming.kind === 'release') await association.acknowledgeRelease();
        if (incoming.kind !== 'message') return;
        // A C-CANCEL may come after the last answer; it is counted, and there is nothing to cancel.
        if (incoming.command.CommandField === commandFields.cancel) {
          finds.cancels += 1;
          continue;
        }
        const encoding = encodingOf(explicitVrLittleEndian);
        const identifier = incoming.dataSet ?? Buffer.alloc(0);
        finds.identifiers.push(identifier);
        const query = readDataSet(identifier, encoding).dataSet;
        finds.queries.push(query);
        const answer = reply(query);
        await play(association, incoming, answer, finds);
        if (answer.abort === true) return;
      }
    },
  };
  return finds;
}

async function play(
  association: ScriptedAssociation,
  message: Message,
  reply: FindReply,
  finds: ScriptedFinds,
): Promise<void> {
  const { answers = [], pendingStatus = 0xff00, status = 0, isEndless = false } = reply;
  const send = async (answer: readonly Element[] | Buffer): Promise<void> => {
    const bytes = Buffer.isBuffer(answer) ? answer : encode(answer);
    await association.respond(message, pendingStatus, {}, bytes);
  };
  for (const answer of answers) await send(answer);
  if (isEndless) {
    const state = { isCancelled: false };
    const cancel = association.read().then((incoming) => {
      state.isCancelled = true;
      const isCancel = incoming.kind === 'message' && incoming.command.CommandField === commandFields.cancel;
      if (isCancel) finds.cancels += 1;
    });
    while (!state.isCancelled) {
      for (const answer of answers) await send(answer);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await cancel;
    await association.respond(message, 0xfe00);
    return;
  }
  if (reply.abort === true) await association.abort();
  else await association.respond(message, status);
}

/** Elements of a study's answer, in ascending order. */
export function studyElements(uid: string, patientName = 'DOE^JANE'): Element[] {
  return [
    [0x0008, 0x0052, 'CS', 'STUDY'],
    [0x0008, 0x0061, 'CS', 'CT'],
    [0x0010, 0x0010, 'PN', patientName],
    [0x0020, 0x000d, 'UI', uid],
    [0x0020, 0x1206, 'IS', '1'],
    [0x0020, 0x1208, 'IS', '2'],
  ];
}

export function seriesElements(study: string, uid: string): Element[] {
  return [
    [0x0008, 0x0052, 'CS', 'SERIES'],
    [0x0008, 0x0060, 'CS', 'CT'],
    [0x0020, 0x000d, 'UI', study],
    [0x0020, 0x000e, 'UI', uid],
    [0x0020, 0x1209, 'IS', '2'],
  ];
}

export function instanceElements(study: string, series: string, uid: string): Element[] {
  return [
    [0x0008, 0x0018, 'UI', uid],
    [0x0008, 0x0052, 'CS', 'IMAGE'],
    [0x0020, 0x000d, 'UI', study],
    [0x0020, 0x000e, 'UI', series],
  ];
}

/** The first value of an attribute in each answer. */
export function uidsOf(answers: readonly DicomJson[], tag: string): unknown[] {
  return answers.map((answer) => answer[tag]?.Value?.[0]);
}

/** The first value of an attribute. */
export function valueOf(query: DicomJson, tag: string): unknown {
  return query[tag]?.Value?.[0];
}

/**
 * The reply of an archive of two studies of one series with two instances each, which answers only queries
 * that name the unique keys of all levels above.
 */
export function hierarchicalReply(query: DicomJson): FindReply {
  const [study, series] = [valueOf(query, '0020000D'), valueOf(query, '0020000E')];
  switch (valueOf(query, '00080052')) {
    case 'STUDY':
      return {
        answers: ['1', '2']
          .filter((uid) => study === undefined || study === uid)
          .map((uid) => studyElements(uid)),
      };
    case 'SERIES':
      if (typeof study !== 'string') return { status: 0xa900 };
      return { answers: [seriesElements(study, `${study}.1`)] };
    default:
      if (typeof study !== 'string' || typeof series !== 'string') return { status: 0xc001 };
      return { answers: ['1', '2'].map((uid) => instanceElements(study, series, `${series}.${uid}`)) };
  }
}
