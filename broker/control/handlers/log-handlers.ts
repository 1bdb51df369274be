import { setTimeout as sleep } from 'node:timers/promises';
import { implement } from '@orpc/server';
import { AuditTrail } from '../../observe/audit.ts';
import type { LogBook } from '../../observe/log-book.ts';
import { type CallContext, requesterOf } from '../call-context.ts';
import { contract } from '../contract/contract.ts';
import type { LogEvent } from '../contract/events.ts';
import type { LogQuery } from '../contract/log.ts';
import type { ControlServices } from '../control-services.ts';

const log = implement(contract.log).$context<CallContext>();

/** How long entries gather before they are told. */
const gatherMs = 100;
/** Entries of one event: more come at once with the next. */
const maxEntriesPerEvent = 1_000;

/** The log as the window shows it. Who asks for patient data in it is put on record. */
export function logHandlers({ logBook, logger }: ControlServices) {
  const audit = new AuditTrail(logger);
  const record = (query: LogQuery, context: CallContext): void => {
    if (query.withPatientData) audit.logUsed(requesterOf(context));
  };
  return {
    entries: log.entries.handler(({ input, context }) => {
      record(input, context);
      return logBook.last(input, input.limit);
    }),
    follow: log.follow.handler(({ input, context, signal }) => {
      record(input, context);
      return followed(logBook, input, signal ?? new AbortController().signal);
    }),
    file: log.file.handler(({ input, context }) => {
      record(input, context);
      const name = `dcmrs-broker-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.log`;
      return new File([...logBook.lines(input)], name, { type: 'text/plain' });
    }),
  };
}

/** The last entries, and then those that come. The book itself is the queue: a slow reader costs no memory. */
async function* followed(
  book: LogBook,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogEvent, void, undefined> {
  let { next } = book;
  yield { entries: book.last(query, query.limit), dropped: 0 };
  for (;;) {
    await book.reached(next, signal);
    await sleep(gatherMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const dropped = Math.max(0, book.oldest - next);
    const found = book.from(next, query, maxEntriesPerEvent);
    ({ next } = found);
    if (found.entries.length > 0 || dropped > 0) yield { entries: found.entries, dropped };
  }
}
