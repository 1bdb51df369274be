import { dimseSettings } from './sections/dimse-settings.ts';
import { httpSettings } from './sections/http-settings.ts';
import { logSettings } from './sections/log-settings.ts';
import { qidoSettings } from './sections/qido-settings.ts';
import { scpSettings } from './sections/scp-settings.ts';
import { stowSettings } from './sections/stow-settings.ts';
import { wadoSettings } from './sections/wado-settings.ts';
import { variableName, type SettingDefinition } from './setting.ts';

/**
 * Every setting of the gateway, once. Names, types, defaults, limits, help, the sample file, the
 * manual and the forms derive from it. It runs in browsers too: nothing of Node in what it imports.
 */
const schema = {
  ...httpSettings,
  ...qidoSettings,
  ...wadoSettings,
  ...stowSettings,
  ...scpSettings,
  ...dimseSettings,
  ...logSettings,
};

/** The name of a setting in the properties file and in the settings store. */
export type Property = keyof typeof schema;

type ValueOf<Definition> = Definition extends SettingDefinition<infer Value> ? Value : never;

/** The value of every setting by its property. */
export type SettingValues = { readonly [P in Property]: ValueOf<(typeof schema)[P]> };

/** One setting with its names. */
export interface Setting extends SettingDefinition<unknown> {
  readonly property: Property;
  /** The environment variable that sets it. */
  readonly env: string;
}

/** All settings, in the order in which they are shown. */
export const settings: readonly Setting[] = Object.entries(schema).map(([property, definition]) => ({
  ...(definition satisfies SettingDefinition<unknown>),
  property: property as Property,
  env: variableName(property),
}));

const byProperty = new Map<string, Setting>(settings.map((setting) => [setting.property, setting]));

/** The setting of a property, or undefined where there is none of that name. */
export function findSetting(property: string): Setting | undefined {
  return byProperty.get(property);
}
