import { nearestName } from './nearest-name.ts';
import { settings, type Property } from './schema.ts';
import type { RawValue, SettingSource } from './setting-source.ts';

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable's value, or undefined where it is unset, empty or blank: all count as unset. */
export function readVariable(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === undefined || value.trim() === '' ? undefined : value;
}

/**
 * The settings that environment variables give. Variables that look like one of ours but are none
 * get a warning; WAD0 with a zero is how the manual of the Java broker spells some of its own.
 */
export function environmentSource(env: Environment): SettingSource {
  const values = new Map<Property, RawValue>();
  for (const { property, env: name } of settings) {
    const raw = readVariable(env, name);
    if (raw !== undefined) values.set(property, { raw, origin: { source: 'environment', where: name } });
  }
  const names = settings.map((setting) => setting.env);
  const warnings = Object.keys(env)
    .filter((name) => /^(QIDO|WAD[O0]|STOW|SCP|DIMSE)_/.test(name) && !names.includes(name))
    .flatMap((name) => {
      const nearest = nearestName(name, names);
      return nearest === undefined
        ? []
        : [`Environment variable ${name} is unknown and ignored. Did you mean ${nearest}?`];
    });
  return { values, problems: [], warnings, unreadable: new Set() };
}
