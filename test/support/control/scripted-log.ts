import type { LogEntry, LogQuery } from '../../../broker/control/contract/log.ts';
import type { ControlImplementer } from './control-implementer.ts';
import { queued } from './queue.ts';
import type { ScriptedWorld } from './scripted-world.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** A log in memory, filtered as the query says. */
export function logHandlers(control: ControlImplementer, world: ScriptedWorld) {
  const selected = (query: LogQuery, entries: readonly LogEntry[]): LogEntry[] =>
    entries.filter((entry) => isWanted(query, entry)).map((entry) => shown(query, entry));
  return {
    entries: control.log.entries.handler(({ input }) => selected(input, world.log).slice(-input.limit)),
    follow: control.log.follow.handler(async function* ({ input, signal }) {
      yield { entries: selected(input, world.log).slice(-input.limit), dropped: 0 };
      for await (const entries of queued<readonly LogEntry[]>((push) => world.onLog(push), signal)) {
        const wanted = selected(input, entries);
        if (wanted.length > 0) yield { entries: wanted, dropped: 0 };
      }
    }),
    file: control.log.file.handler(({ input }) => {
      const lines = selected(input, world.log).map(
        (entry) => `${entry.at} ${entry.level} ${entry.message}\n`,
      );
      return new File([lines.join('')], 'dcmrs-broker.log', { type: 'text/plain' });
    }),
  };
}

/** An entry of the log, with a patient's name in its fields. */
export function scriptedEntry(number: number, change: Partial<LogEntry> = {}): LogEntry {
  return {
    number,
    at: new Date(Date.now() - 1_000).toISOString(),
    level: 'info',
    message: `Entry ${number} of the log.`,
    fields: JSON.stringify({ patientName: 'DOE^JANE', study: `1.2.3.${number}` }),
    ...change,
  };
}

function isWanted(query: LogQuery, entry: LogEntry): boolean {
  const text = query.text.toLowerCase();
  return (
    levels.indexOf(entry.level) >= levels.indexOf(query.level) &&
    `${entry.message} ${entry.fields}`.toLowerCase().includes(text) &&
    (query.request === undefined || entry.request === query.request) &&
    (query.association === undefined || entry.association === query.association)
  );
}

function shown(query: LogQuery, entry: LogEntry): LogEntry {
  if (query.withPatientData) return entry;
  return { ...entry, fields: entry.fields.replace(/("patientName":")[^"]*"/, '$1[redacted]"') };
}
