import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { ConsoleOutput } from './console-output.ts';
import type { LogBook } from './log-book.ts';
import { logContext } from './log-context.ts';
import type { LogLevel } from './log-level.ts';
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
  const outputs = settings.file === '' ? [console] : [console, openFile(settings)];
  const inText = settings.format === 'text';
  const stream: DestinationStream = {
    write(json) {
      const line = inText ? formatLogText(JSON.parse(json) as Record<string, unknown>) : json;
      for (const output of outputs) output.write(line);
    },
  };
  const options = {
    level: settings.level,
    base: null,
    // Errors come from redaction as plain objects already.
    serializers: { err: (error: unknown) => error },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return {
    ...asLogger({ target: pino(options, stream), book, bindings: [] }),
    close() {
      for (const output of outputs) output.close();
    },
  };
}

function openFile(settings: LogSettings): RotatingFile {
  return new RotatingFile(settings.file, {
    maxSizeInBytes: settings.fileMaxSizeInMb * 1024 * 1024,
    maxCount: settings.fileMaxCount,
  });
}

interface Target {
  readonly target: PinoLogger;
  readonly book: LogBook | undefined;
  /** What the logger adds to each entry, for the book; pino has it too. */
  readonly bindings: readonly object[];
}

/** The one way by which entries reach pino, with redaction on it, and the book. */
function asLogger({ target, book, bindings }: Target): Logger {
  function methodOf(level: LogLevel): LogMethod {
    const isHeld = book !== undefined && level !== 'trace';
    return (first: object | string, message?: string) => {
      const isWritten = target.isLevelEnabled(level);
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
        target: target.child(redactFields(added), level === undefined ? {} : { level }),
        book,
        bindings: [...bindings, copyFields(added)],
      }),
    isLevelEnabled: (level) => target.isLevelEnabled(level),
  };
}
