import { type ScriptedArchive, startScriptedArchive } from './scripted-archive.ts';
import type { ProposedContext } from './scripted-associate.ts';
import type { ScriptedAssociation } from './scripted-association.ts';
import { type Command, commandFields } from './scripted-command.ts';
import type { Message } from './scripted-connection.ts';

/** One C-STORE that has come. */
export interface Stored {
  readonly instance: string;
  readonly transferSyntax: string;
  readonly dataSet: Buffer;
  /** Counts the associations that stored something, from 0. */
  readonly association: number;
}

export interface StoreCall extends Stored {
  /** Counts the C-STOREs from 0. */
  readonly index: number;
  respond(status: number, extra?: Command): Promise<void>;
  /** Closes the connection without a word. */
  breakOff(): void;
}

export interface StoreArchiveOptions {
  /** The transfer syntax to accept for a context, or why it is rejected. Default: as proposed. */
  readonly choose?: (context: ProposedContext) => string | number;
  /** Answers a C-STORE. Default: success. */
  readonly onStore?: (call: StoreCall) => Promise<void>;
}

export interface StoreArchive extends ScriptedArchive {
  /** The C-STOREs in the order in which they came, refused ones too. */
  readonly stored: readonly Stored[];
}

/** An archive that answers C-ECHO, and C-STORE as it is told. */
export async function startStoreArchive(options: StoreArchiveOptions = {}): Promise<StoreArchive> {
  const stored: Stored[] = [];
  let associations = 0;
  const archive = await startScriptedArchive(async (association) => {
    const { contexts } = await association.accept({
      choose: options.choose ?? (({ transferSyntaxes }) => transferSyntaxes[0] ?? 4),
    });
    let number: number | undefined;
    const ended = new AbortController();
    while (!ended.signal.aborted) {
      const incoming = await association.read().catch(() => undefined);
      if (incoming?.kind === 'release') return association.acknowledgeRelease();
      if (incoming?.kind !== 'message') return;
      if (incoming.command.CommandField !== commandFields.store) {
        await association.respond(incoming, 0);
        continue;
      }
      number ??= associations++;
      const context = contexts.find(({ id }) => id === incoming.contextId);
      const one = storedOf(incoming, context, number);
      stored.push(one);
      const call: StoreCall = {
        ...one,
        index: stored.length - 1,
        respond: (status, extra = {}) => respond(association, incoming, status, extra),
        breakOff: () => {
          ended.abort();
        },
      };
      await (options.onStore ?? ((each: StoreCall) => each.respond(0)))(call);
    }
  });
  return Object.defineProperties(archive, { stored: { value: stored } }) as StoreArchive;
}

function respond(
  association: ScriptedAssociation,
  message: Message,
  status: number,
  extra: Command,
): Promise<void> {
  const { AffectedSOPInstanceUID: instance } = message.command;
  return association.respond(message, status, {
    ...(instance === undefined ? {} : { AffectedSOPInstanceUID: instance }),
    ...extra,
  });
}

function storedOf(message: Message, context: ProposedContext | undefined, association: number): Stored {
  return {
    instance: String(message.command.AffectedSOPInstanceUID),
    transferSyntax: context?.transferSyntaxes[0] ?? '',
    dataSet: message.dataSet ?? Buffer.alloc(0),
    association,
  };
}
