import * as z from 'zod';
import { trouble } from './gateway-state.ts';

export const probeLevel = z.enum(['study', 'series', 'instance']);

export const probeQuery = z.object({
  archive: z.string().max(64),
  level: probeLevel,
  /** Matching keys by keyword or eight-digit tag; values as in C-FIND (wildcards, date ranges). */
  keys: z.array(z.object({ attribute: z.string().max(128), value: z.string().max(1_024) })).max(50),
  returnKeys: z.array(z.string().max(128)).max(100).default([]),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});
export type ProbeQuery = z.infer<typeof probeQuery>;

/** One line of what goes over the wire; no patient data beyond what the answers show anyway. */
export const traceLine = z.object({
  /** Milliseconds since the operation began. */
  atMs: z.number(),
  direction: z.enum(['sent', 'received', 'note']),
  /** «C-FIND-RQ», «A-ASSOCIATE-AC», … */
  name: z.string(),
  detail: z.string(),
});
export type TraceLine = z.infer<typeof traceLine>;

export const probeEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('trace'), lines: z.array(traceLine) }),
  /** Up to 200 answers at a time: text of each column by its tag (eight digits). */
  z.object({ type: z.literal('answers'), answers: z.array(z.record(z.string(), z.string())) }),
  z.object({
    type: z.literal('end'),
    count: z.int(),
    /** True where there are more than the limit. */
    cut: z.boolean(),
    tookInMs: z.number(),
    trouble: trouble.optional(),
  }),
]);
export type ProbeEvent = z.infer<typeof probeEvent>;

export const echoResult = z.object({
  /** Milliseconds; absent where it failed. */
  connectInMs: z.number().optional(),
  associateInMs: z.number().optional(),
  echoInMs: z.number().optional(),
  trace: z.array(traceLine),
  trouble: trouble.optional(),
});
export type EchoResult = z.infer<typeof echoResult>;

/** An attribute that a query can be built from, for completion. */
export const attributeName = z.object({
  tag: z.string(),
  keyword: z.string(),
  name: z.string(),
  vr: z.string(),
});
export type AttributeName = z.infer<typeof attributeName>;
