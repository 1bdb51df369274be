import * as z from 'zod';

export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error']);

export const logEntry = z.object({
  /** Counts up by one with each entry since the start. */
  number: z.int(),
  at: z.iso.datetime(),
  level: logLevel,
  message: z.string(),
  /** As JSON text; values that name patients are redacted unless `withPatientData` was asked for. */
  fields: z.string(),
  /** Entries of one HTTP request or of one association have the same. */
  request: z.string().optional(),
  association: z.string().optional(),
});
export type LogEntry = z.infer<typeof logEntry>;

export const logQuery = z.object({
  level: logLevel.default('info'),
  /** Entries that contain it, in message or fields, in capitals or not. */
  text: z.string().max(200).default(''),
  request: z.string().max(64).optional(),
  association: z.string().max(64).optional(),
  /** Patient data is shown only where the person asks for it; that is itself logged. */
  withPatientData: z.stringbool().or(z.boolean()).default(false),
  limit: z.coerce.number().int().min(1).max(5_000).default(500),
});
export type LogQuery = z.infer<typeof logQuery>;
