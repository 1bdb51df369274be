import * as z from 'zod';

/** How well something works; the tray icon and the line at the top of the window show the worst of all. */
export const health = z.enum(['working', 'limited', 'not-working']);
export type Health = z.infer<typeof health>;

/** What is wrong, why, and what to do about it, in plain words; the code and status stand behind it. */
export const trouble = z.object({
  message: z.string(),
  remedy: z.string().optional(),
  /** One of the codes of docs/errors.md. */
  code: z.string().optional(),
  /** As it is written in the standard: 0xA801. */
  dimseStatus: z.string().optional(),
});
export type Trouble = z.infer<typeof trouble>;

/** Something that went wrong in the last 24 hours, newest first in a list of them. */
export const problem = trouble.extend({
  id: z.string(),
  /** The part that reported it, such as `archive MAIN`. */
  component: z.string(),
  at: z.iso.datetime(),
  /** Set once it works again. */
  endedAt: z.iso.datetime().optional(),
  /** The same thing again and again is one problem. */
  count: z.int().positive(),
});
export type Problem = z.infer<typeof problem>;

export const archiveState = z.object({
  name: z.string(),
  aeTitle: z.string(),
  host: z.string(),
  port: z.int(),
  /** `unknown` until it was asked for the first time. */
  state: z.enum(['unknown', 'answers', 'silent']),
  roundTripInMs: z.number().optional(),
  lastAskedAt: z.iso.datetime().optional(),
  trouble: trouble.optional(),
});
export type ArchiveState = z.infer<typeof archiveState>;

export const retrievalState = z.object({
  /** For `retrievals.cancel`; good as long as the retrieval goes on. */
  id: z.string(),
  archive: z.string(),
  level: z.enum(['study', 'series', 'instance']),
  study: z.string(),
  series: z.string().optional(),
  instance: z.string().optional(),
  /** Of the first instance that came. Text of the archive: never markup. */
  patientName: z.string().optional(),
  description: z.string().optional(),
  modality: z.string().optional(),
  state: z.enum(['asking', 'settling', 'waiting to retry', 'complete', 'incomplete', 'failed', 'cancelled']),
  startedAt: z.iso.datetime(),
  attempt: z.int(),
  received: z.int(),
  /** Absent while the archive has not said how many there are. */
  expected: z.int().optional(),
  receivedBytes: z.int(),
  bytesPerSecond: z.number(),
  secondsLeft: z.number().optional(),
  trouble: trouble.optional(),
});
export type RetrievalState = z.infer<typeof retrievalState>;

/** Bytes per second, one sample for each second. */
export const throughput = z.object({
  at: z.iso.datetime(),
  received: z.number(),
  sent: z.number(),
});
export type Throughput = z.infer<typeof throughput>;

/** Everything that the overview and the rail show, complete each time. */
export const gatewayState = z.object({
  version: z.string(),
  /** `unconfigured`: settings are missing or wrong, and only the set-up works. */
  phase: z.enum(['unconfigured', 'starting', 'running', 'stopping', 'failed']),
  /** Why it is `unconfigured` or `failed`, one for each wrong setting or fault. */
  phaseReasons: z.array(trouble),
  health: z.object({
    state: health,
    components: z.array(
      z.object({
        component: z.string(),
        state: health,
        trouble: trouble.optional(),
        since: z.iso.datetime(),
      }),
    ),
  }),
  startedAt: z.iso.datetime(),
  archives: z.array(archiveState),
  receiver: z
    .object({
      aeTitle: z.string(),
      host: z.string(),
      port: z.int(),
      listening: z.boolean(),
      associations: z.int(),
    })
    .optional(),
  dicomweb: z
    .object({
      /** What a viewer on this machine is given, such as http://localhost:4567/dicom-web. */
      url: z.string(),
      qidoUrl: z.string(),
      wadoUrl: z.string(),
      stowUrl: z.string(),
      host: z.string(),
      port: z.int(),
      listening: z.boolean(),
      /** Connections that are open now. */
      clients: z.int(),
    })
    .optional(),
  cache: z
    .object({
      directory: z.string(),
      bytes: z.number(),
      maxBytes: z.number(),
      diskFreeBytes: z.number().optional(),
      studies: z.int(),
      instances: z.int(),
      oldestUseAt: z.iso.datetime().optional(),
    })
    .optional(),
  retrievals: z.array(retrievalState),
  problems: z.array(problem),
});
export type GatewayState = z.infer<typeof gatewayState>;
