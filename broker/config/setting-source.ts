import type { SettingName } from './schema.ts';

/** Where a value comes from. The first three are read in this order; the first that has it counts. */
export interface Origin {
  readonly source: 'environment' | 'properties' | 'store' | 'default';
  /** The variable's name, `path:line` of the properties file, or the path of the settings store. */
  readonly where: string;
}

/** A value as it was read, before the schema has seen it. */
export interface RawValue {
  readonly raw: unknown;
  readonly origin: Origin;
}

/** All that one source says; the problems stop the start, the warnings do not. */
export interface SettingSource {
  readonly values: ReadonlyMap<SettingName, RawValue>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Settings that the source gives in a way that is one of `problems`: they are not missing. */
  readonly unreadable: ReadonlySet<string>;
}
