import { PartTooLarge, type Spool } from '../../cache/spool.ts';
import type { SpooledPart } from '../../cache/spooled-part.ts';
import { Part10Inspector } from '../../dicom/part10-inspector.ts';
import { DimseStatus } from '../../domain/dimse-status.ts';
import type { Uid } from '../../domain/uid.ts';
import { parseAccept } from '../http/accept.ts';
import type { ReadPart } from './multipart-reader.ts';
import { type ReceivedInstance, type RefusedInstance, checkIdentity } from './received-instance.ts';

export interface PayloadOptions {
  readonly spool: Spool;
  /** Bytes of a part at most. */
  readonly maxPartLength: number;
  /** The study that the request is for, where it names one. */
  readonly study: Uid | undefined;
}

/** A part whose bytes are an instance each: some clients name no media type, or that of any bytes. */
const instanceTypes: ReadonlySet<string> = new Set(['application/dicom', 'application/octet-stream', '*/*']);

/**
 * The instances of a payload of DICOM files (PS3.18 section 8.7.3.1), one after the other; the next one is
 * read when it is asked for.
 * @throws BrokerError `disk-full`; what the parts throw
 */
export async function* part10Payload(
  parts: AsyncIterable<ReadPart>,
  options: PayloadOptions,
): AsyncGenerator<ReceivedInstance | RefusedInstance, void, undefined> {
  for await (const part of parts) yield await receive(part, options);
}

async function receive(part: ReadPart, options: PayloadOptions): Promise<ReceivedInstance | RefusedInstance> {
  const label = `part ${part.number}`;
  const unfit = unfitHeader(part);
  if (unfit !== undefined) {
    return { kind: 'refused', label, status: DimseStatus.cannotUnderstand, comment: unfit };
  }
  const inspector = new Part10Inspector();
  const spooled = await spool(part, inspector, options);
  const { meta, uids, problem } = inspector.end();
  const refused = (status: number, comment: string): RefusedInstance => ({
    kind: 'refused',
    label,
    sopClassUid: uids.sopClassUid ?? meta?.sopClassUid,
    sopInstanceUid: uids.sopInstanceUid ?? meta?.sopInstanceUid,
    status,
    comment,
  });
  if (spooled === undefined) {
    const comment = `it is larger than the ${options.maxPartLength} bytes allowed (stow.max_instance_size_in_mb)`;
    return { ...refused(DimseStatus.outOfResources, comment), isTooLarge: true };
  }
  // Whatever is wrong behind the UIDs is for the archive to judge.
  const isUnreadable = meta === undefined || (problem !== undefined && uids.seriesInstanceUid === undefined);
  const checked = isUnreadable
    ? refused(DimseStatus.cannotUnderstand, lowerFirst(problem ?? 'This is no DICOM file.'))
    : checkIdentity({ label, meta, uids, study: options.study });
  if (meta === undefined || 'kind' in checked) {
    await spooled[Symbol.asyncDispose]();
    return checked as RefusedInstance;
  }
  return {
    kind: 'received',
    label,
    identity: checked,
    transferSyntaxUid: meta.transferSyntaxUid,
    length: spooled.length - meta.dataSetOffset,
    dataSet: () => spooled.stream(meta.dataSetOffset),
    noteSent: () => {
      spooled.noteSent();
    },
    [Symbol.asyncDispose]: () => spooled[Symbol.asyncDispose](),
  };
}

/** @returns undefined where the part is too large */
async function spool(
  { number, body }: ReadPart,
  inspector: Part10Inspector,
  options: PayloadOptions,
): Promise<SpooledPart | undefined> {
  try {
    return await options.spool.take(inspected(body, inspector), options.maxPartLength, `Part ${number}`);
  } catch (error) {
    // The source may say the same of the whole request: that is not meant for this instance alone.
    if (error instanceof PartTooLarge) return undefined;
    throw error;
  }
}

async function* inspected(
  body: AsyncIterable<Buffer>,
  inspector: Part10Inspector,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of body) {
    inspector.push(piece);
    yield piece;
  }
}

/** Why the bytes of a part cannot be an instance, as its header says. */
function unfitHeader({ headers }: ReadPart): string | undefined {
  const [range] = parseAccept(headers.get('content-type'));
  if (range === undefined || !instanceTypes.has(range.type)) {
    return `its media type is ${shown(headers.get('content-type'))}, and not application/dicom`;
  }
  for (const name of ['content-encoding', 'content-transfer-encoding']) {
    const encoding = headers.get(name)?.toLowerCase() ?? 'binary';
    if (!plainEncodings.has(encoding)) return `its ${name} is ${shown(encoding)}, which is not taken`;
  }
  return undefined;
}

const plainEncodings: ReadonlySet<string> = new Set(['binary', '8bit', '7bit', 'identity']);

function shown(value: string | undefined): string {
  return JSON.stringify(value?.slice(0, 60) ?? '');
}

/** A sentence as the rest of another one. */
function lowerFirst(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, '');
}
