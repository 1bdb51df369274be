import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { ConsoleOutput } from './console-output.ts';
import type { LogBook } from './log-book.ts';
import { logContext } from './log-context.ts';
import { type LogLevel, logLevels } from './log-level.ts';
import { formatLogText } from './log-text.ts';
import { copyFields, redactFields } from './redaction.ts';
import { RotatingFile } from './rotating-file.ts';
import { redactText } from './text-redaction.ts';

interface LogMethod {
  (fields: object, message?: string): void;
  (message: string): void;
}

/**
 * What the rooms write their log to. Values belong into the fields, where redaction sees their names, and
 * never into the message.
 */
export interface Logger extends Readonly<Record<LogLevel, LogMethod>> {
  /**
   * A logger that adds `bindings` to each entry.
   * @param level what it lets through, where that is not to follow the logger that it comes from
   */
  child(bindings: object, level?: LogLevel): Logger;
  /** True where an entry of that level would be written: asked before costly fields are put together. */
  isLevelEnabled(level: LogLevel): boolean;
}

/** The logger that owns its outputs. */
export interface RootLogger extends Logger {
  /**
   * Goes on with other settings, also in loggers that were made of this one.
   * @throws BrokerError `configuration` where the file cannot be written; all goes on as before then
   */
  apply(settings: LogSettings): void;
  /** Writes out what is still in memory and closes the file; what is logged afterwards is lost. */
  close(): void;
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  /** Path of a file to write to as well, or empty. */
  readonly file: string;
  /** Size at which the file is renamed and a new one begun, in MiB. */
  readonly fileMaxSizeInMb: number;
  /** How many files are kept, the current one included. */
  readonly fileMaxCount: number;
}

/** Somewhere that takes whole lines. */
export interface LogOutput {
  write(line: string): void;
  close(): void;
}

/**
 * Makes the gateway's logger. Every entry goes through redaction, in whatever format and at whatever level.
 * @param console where lines go besides the file
 * @param book where the last entries are held, those of level `debug` too where they are not written
 * @throws BrokerError `configuration` where the file cannot be written
 */
export function createLogger(
  settings: LogSettings,
  console: LogOutput = new ConsoleOutput(),
  book?: LogBook,
): RootLogger {
  let current = settings;
  let file = openFile(settings);
  const stream: DestinationStream = {
    write(json) {
      const isText = current.format === 'text';
      const line = isText ? formatLogText(JSON.parse(json) as Record<string, unknown>) : json;
      console.write(line);
      file?.write(line);
    },
  };
  const options = {
    // What is written is decided here, since pino's children keep the level that they were made with.
    level: 'trace',
    base: null,
    // Errors come from redaction as plain objects already.
    serializers: { err: (error: unknown) => error },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return {
    ...asLogger({ target: pino(options, stream), level: () => current.level, book, bindings: [] }),
    apply(next) {
      const before = file;
      file = isSameFile(current, next) ? before : openFile(next);
      current = next;
      if (file !== before) before?.close();
    },
    close() {
      console.close();
      file?.close();
    },
  };
}

function isSameFile(one: LogSettings, other: LogSettings): boolean {
  return (
    one.file === other.file &&
    one.fileMaxSizeInMb === other.fileMaxSizeInMb &&
    one.fileMaxCount === other.fileMaxCount
  );
}

function openFile(settings: LogSettings): RotatingFile | undefined {
  if (settings.file === '') return undefined;
  return new RotatingFile(settings.file, {
    maxSizeInBytes: settings.fileMaxSizeInMb * 1024 * 1024,
    maxCount: settings.fileMaxCount,
  });
}

interface Target {
  readonly target: PinoLogger;
  /** The least severe level that is written now. */
  readonly level: () => LogLevel;
  readonly book: LogBook | undefined;
  /** What the logger adds to each entry, for the book; pino has it too. */
  readonly bindings: readonly object[];
}

/** The one way by which entries reach pino, with redaction on it, and the book. */
function asLogger({ target, level: threshold, book, bindings }: Target): Logger {
  const isWrittenAt = (level: LogLevel): boolean =>
    logLevels.indexOf(level) >= logLevels.indexOf(threshold());
  function methodOf(level: LogLevel): LogMethod {
    const isHeld = book !== undefined && level !== 'trace';
    return (first: object | string, message?: string) => {
      const isWritten = isWrittenAt(level);
      if (!isWritten && !isHeld) return;
      const text = typeof first === 'string' ? first : (message ?? '');
      const context = logContext();
      if (isHeld) book.add(level, text, ...bindings, context ?? {}, typeof first === 'string' ? {} : first);
      if (!isWritten) return;
      const given = typeof first === 'string' ? undefined : redactFields(first);
      const fields = context === undefined ? given : { ...context, ...given };
      if (fields === undefined) target[level](redactText(text));
      else target[level](fields, text === '' ? undefined : redactText(text));
    };
  }
  return {
    trace: methodOf('trace'),
    debug: methodOf('debug'),
    info: methodOf('info'),
    warn: methodOf('warn'),
    error: methodOf('error'),
    child: (added, level) =>
      asLogger({
        target: target.child(redactFields(added)),
        level: level === undefined ? threshold : () => level,
        book,
        bindings: [...bindings, copyFields(added)],
      }),
    isLevelEnabled: isWrittenAt,
  };
}
