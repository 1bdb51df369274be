import * as z from 'zod';

/** What the host that the gateway runs in can do; a headless host can do none of it. */
export const hostAbilities = z.object({
  kind: z.enum(['desktop', 'headless']),
  canChooseFolder: z.boolean(),
  canOpenFolder: z.boolean(),
  canStartAtLogin: z.boolean(),
  startsAtLogin: z.boolean(),
  canCheckForUpdates: z.boolean(),
});
export type HostAbilities = z.infer<typeof hostAbilities>;
