import { existsSync } from 'node:fs';
import type { Environment } from '../broker/config/environment.ts';
import { propertiesPath } from '../broker/config/properties-file.ts';
import { settings } from '../broker/config/schema.ts';
import { storePath } from '../broker/config/settings-store.ts';

/** True where neither a file nor a variable says anything about an archive. */
export function isUnconfigured(env: Environment, home: string): boolean {
  if (existsSync(propertiesPath(home)) || existsSync(storePath(home))) return false;
  const required = settings.filter((setting) => setting.default === undefined);
  return required.every((setting) => (env[setting.env] ?? '') === '');
}
