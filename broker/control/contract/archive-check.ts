import * as z from 'zod';
import { isAeTitle } from '../../domain/ae-title.ts';
import { trouble } from './gateway-state.ts';
import { settingChanges } from './settings.ts';

const aeTitle = z
  .string()
  .refine(
    isAeTitle,
    'An AE title is 1 to 16 printable ASCII characters without a backslash or spaces around it',
  );

/** The archive as it is typed into the set-up, not yet saved. */
export const archiveAddress = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'A name is 1 to 64 of the characters A-Z, a-z, 0-9, _ and -')
    .default('default'),
  aeTitle,
  host: z.string().min(1, 'Give the name or the IP address of the archive').max(255),
  port: z.coerce.number().int().min(1).max(65_535),
  /** Our AE title when we ask. */
  callingAeTitle: aeTitle,
  retrieveMethod: z.enum(['auto', 'move', 'get']).default('auto'),
});

/** Our storage SCP as it is typed into the set-up; what counts while the gateway runs is the one that runs. */
export const receiverPlace = z.object({ aeTitle, port: z.coerce.number().int().min(1).max(65_535) });

/** One step of a check, as it goes on. */
export const checkStep = z.object({
  step: z.enum(['connect', 'associate', 'echo', 'find', 'capabilities', 'retrieve', 'receive']),
  state: z.enum(['running', 'passed', 'failed', 'skipped']),
  /** What was found, or what goes on, in plain words. */
  detail: z.string(),
  tookInMs: z.number().optional(),
  /** Why it failed; on a step that passed, what to know all the same. */
  trouble: trouble.optional(),
  /** What the archive's administrator has to enter, ready to copy. */
  toRegister: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
});
export type CheckStep = z.infer<typeof checkStep>;

/** What an archive was found to support. */
export const archiveAbilities = z.object({
  canMove: z.boolean(),
  canGet: z.boolean(),
  relationalQueries: z.enum(['yes', 'no', 'unknown']),
  canMatchFuzzy: z.boolean(),
  characterSet: z.string().optional(),
  implementation: z.string().optional(),
});
export type ArchiveAbilities = z.infer<typeof archiveAbilities>;

export const checkEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: checkStep }),
  /** The last one counts. `suggestedChanges` are for `settings.save`: the address, and how images are fetched. */
  z.object({
    type: z.literal('abilities'),
    abilities: archiveAbilities,
    suggestedChanges: settingChanges,
  }),
  /** Ends the stream: whether every step that was asked for passed. */
  z.object({ type: z.literal('end'), passed: z.boolean() }),
]);
export type CheckEvent = z.infer<typeof checkEvent>;
