import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { BrokerError } from '../domain/errors.ts';
import { configurationError, excerpt, notAllowedText } from './problem-text.ts';
import { findSetting, type SettingName } from './schema.ts';
import type { RawValue, SettingSource } from './setting-source.ts';
import { unknownPropertyHint } from './unknown-name.ts';

/** Values by property, as the settings store has them. */
type StoredSettings = Readonly<Record<string, unknown>>;

/** The settings store of a home directory, the file that the user interface writes. */
export function storePath(home: string): string {
  return join(home, 'conf', 'settings.json');
}

/**
 * What the settings store holds, unchecked; nothing where there is no such file.
 * @throws BrokerError `configuration` where the file cannot be read or is no JSON object
 */
export function readStore(home: string): StoredSettings {
  // conf makes the directory of a file that is not there: reading must work where nothing may be written.
  return existsSync(storePath(home)) ? access(home, 'read', (store) => ({ ...store.store })) : {};
}

/**
 * Changes the settings store, all at once or not at all; null takes a setting out of it.
 * Entries that are no settings of this version stay as they are.
 * @throws BrokerError `configuration` naming each wrong change, or that the file is damaged or cannot
 *   be written; the file is then as before
 */
export function writeStore(home: string, changes: StoredSettings): void {
  const next = new Map(Object.entries(readStore(home)));
  const problems: string[] = [];
  for (const [property, raw] of Object.entries(changes)) {
    const setting = findSetting(property);
    if (setting === undefined) {
      problems.push(`${excerpt(property)} is no setting.${unknownPropertyHint(property)}`);
    } else if (raw === null) {
      next.delete(property);
    } else {
      const parsed = setting.type.schema.safeParse(raw);
      if (parsed.success) next.set(property, parsed.data);
      else problems.push(notAllowedText(setting, raw));
    }
  }
  if (problems.length > 0) throw configurationError(problems);
  access(home, 'written', (store) => {
    store.store = Object.fromEntries(next);
  });
}

/** The settings of the home directory's settings store. */
export function storeSource(home: string): SettingSource {
  const path = storePath(home);
  const values = new Map<SettingName, RawValue>();
  const problems: string[] = [];
  const warnings: string[] = [];
  try {
    for (const [property, raw] of Object.entries(readStore(home))) {
      const setting = findSetting(property);
      if (setting !== undefined) {
        values.set(setting.property, { raw, origin: { source: 'store', where: path } });
      } else {
        warnings.push(
          `${path}: ${excerpt(property)} is no setting and is ignored.${unknownPropertyHint(property)}`,
        );
      }
    }
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    problems.push(error.message);
  }
  return { values, problems, warnings, unreadable: new Set() };
}

function access<Result>(home: string, verb: 'read' | 'written', use: (store: Conf) => Result): Result {
  try {
    return use(
      new Conf({
        cwd: join(home, 'conf'),
        configName: 'settings',
        configFileMode: 0o600,
        accessPropertiesByDotNotation: false,
        clearInvalidConfig: false,
        deserialize: parseObject,
      }),
    );
  } catch (error) {
    // The reason that JSON.parse gives quotes the file, line ends included: one problem is one line.
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
    const damaged = error instanceof SyntaxError;
    const what = damaged ? 'is damaged (correct or remove it)' : `cannot be ${verb}`;
    throw new BrokerError('configuration', `${storePath(home)} ${what}: ${reason}`, { cause: error });
  }
}

/** @throws SyntaxError where the text is no JSON object */
function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new SyntaxError('it is JSON, but no object with settings');
}
