import * as z from 'zod';
import { trouble } from './gateway-state.ts';
import { settingValue } from './settings.ts';

/** The archive as it is typed into the set-up, not yet saved. */
export const archiveAddress = z.object({
  name: z.string().max(32).default('default'),
  aeTitle: z.string().max(64),
  host: z.string().max(255),
  port: z.coerce.number().int().min(1).max(65_535),
  /** Our AE title when we ask. */
  callingAeTitle: z.string().max(64),
  retrieveMethod: z.enum(['auto', 'move', 'get']).default('auto'),
});
export type ArchiveAddress = z.infer<typeof archiveAddress>;

/** One thing that the archive's administrator has to enter, ready to copy. */
export const registerRow = z.object({ label: z.string(), value: z.string() });
export type RegisterRow = z.infer<typeof registerRow>;

/** One step of a check, as it goes on. */
export const checkStep = z.object({
  step: z.enum(['connect', 'associate', 'echo', 'find', 'capabilities', 'retrieve', 'receive']),
  state: z.enum(['running', 'passed', 'failed', 'skipped']),
  /** What was found, or what goes on, in plain words. */
  detail: z.string(),
  tookInMs: z.number().optional(),
  trouble: trouble.optional(),
  /** Where the other side must enter something. */
  toRegister: z.array(registerRow).optional(),
});
export type CheckStep = z.infer<typeof checkStep>;

/** What an archive was found to support. */
export const archiveAbilities = z.object({
  canMove: z.boolean(),
  canGet: z.boolean(),
  canQueryRelational: z.boolean(),
  canMatchFuzzy: z.boolean(),
  characterSet: z.string().optional(),
  implementation: z.string().optional(),
});
export type ArchiveAbilities = z.infer<typeof archiveAbilities>;

export const checkEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: checkStep }),
  z.object({
    type: z.literal('abilities'),
    abilities: archiveAbilities,
    /** Settings that fit what was found, by property. */
    suggestedChanges: z.record(z.string(), settingValue),
  }),
  /** Ends the stream: whether every step that was asked for passed. */
  z.object({ type: z.literal('end'), passed: z.boolean() }),
]);
export type CheckEvent = z.infer<typeof checkEvent>;
