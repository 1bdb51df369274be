import * as z from 'zod';
import { trouble } from './gateway-state.ts';

/** A value of a setting: text, number or boolean, as the settings store keeps it. */
export const settingValue = z.union([z.string().max(4_096), z.number(), z.boolean()]);

/** Values by property (`scp.local_ae`, `archives.second.qido.remote_ae`); null takes the value back. */
export const settingChanges = z.record(z.string().max(128), settingValue.nullable());
export type SettingChanges = z.infer<typeof settingChanges>;

/** One setting, as a form shows it. Group, kind and limits are those of broker/config/schema.ts. */
export const describedSetting = z.object({
  property: z.string(),
  env: z.string(),
  group: z.string(),
  kind: z.string(),
  help: z.string(),
  /** End of the sentence "Allowed: …". */
  allowed: z.string(),
  unit: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  choices: z.array(z.string()).optional(),
  /** Absent where it is required. */
  default: settingValue.optional(),
  /** The property whose value counts where this one has none. */
  defaultsTo: z.string().optional(),
  /** The archive that it belongs to; absent where it is for all. */
  archive: z.string().optional(),
  /** The value in force; absent where it is required and missing. Secrets are never told: see `isSet`. */
  value: settingValue.optional(),
  isSet: z.boolean(),
  isSecret: z.boolean(),
  source: z.enum(['environment', 'properties', 'store', 'default']),
  /** The variable's name, or path and line of the file. */
  where: z.string(),
  /** True where environment or properties file give it: the window cannot change it then. */
  isLocked: z.boolean(),
});
export type DescribedSetting = z.infer<typeof describedSetting>;

export const describedSettings = z.object({
  groups: z.array(z.object({ name: z.string(), title: z.string() })),
  settings: z.array(describedSetting),
  /** `default` first. */
  archives: z.array(z.string()),
  /** Problems of what is configured now, as `validate` tells them. */
  problems: z.array(trouble.extend({ property: z.string().optional() })),
  warnings: z.array(z.string()),
  storePath: z.string(),
});
export type DescribedSettings = z.infer<typeof describedSettings>;

export const settingProblem = trouble.extend({ property: z.string().optional() });
export type SettingProblem = z.infer<typeof settingProblem>;

/** What saving did. */
export const appliedSettings = z.object({
  /** Parts that were restarted, in plain words: «the storage SCP», «the connection to archive MAIN». */
  restarted: z.array(z.string()),
  /** True where the new settings are saved but the gateway could not be started with them. */
  failed: trouble.optional(),
});
export type AppliedSettings = z.infer<typeof appliedSettings>;

/** The file that export makes and import takes. Secrets are not in it. */
export const settingsFile = z.object({
  format: z.literal('dcmrs-broker-settings'),
  version: z.literal(1),
  settings: z.record(z.string().max(128), settingValue),
});
export type SettingsFile = z.infer<typeof settingsFile>;

/** What an archive's admin has to register, ready to copy or print. */
export const counterpartPage = z.object({
  archive: z.string(),
  /** Rows such as «AE title that receives images», `BROKER`. */
  rows: z.array(z.object({ label: z.string(), value: z.string(), note: z.string().optional() })),
});
export type CounterpartPage = z.infer<typeof counterpartPage>;
