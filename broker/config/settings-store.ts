import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { BrokerError } from '../domain/errors.ts';
import { configurationError, excerpt, notAllowed } from './problem-text.ts';
import { findSetting, type SettingName } from './schema.ts';
import { isSealed, type SecretSeal } from './secret-seal.ts';
import type { SettingFault } from './setting-fault.ts';
import type { RawValue, SettingSource } from './setting-source.ts';
import { unknownPropertyHint } from './unknown-name.ts';

/** Values by property, as the settings store has them. */
export type StoredSettings = Readonly<Record<string, unknown>>;

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
 * @param seal of the host's, for secrets
 * @throws BrokerError `configuration` naming each wrong change, or that the file is damaged or cannot
 *   be written; the file is then as before
 */
export function writeStore(home: string, changes: StoredSettings, seal?: SecretSeal): void {
  const next = new Map(Object.entries(readStore(home)));
  const faults: SettingFault[] = [];
  for (const [property, raw] of Object.entries(changes)) {
    const setting = findSetting(property);
    if (setting === undefined) {
      faults.push(unknownSetting(property));
    } else if (raw === null) {
      next.delete(property);
    } else {
      const parsed = setting.type.schema.safeParse(raw);
      if (parsed.success)
        next.set(property, setting.type.kind === 'secret' ? sealed(parsed.data, seal) : parsed.data);
      else faults.push(notAllowed(setting, raw));
    }
  }
  if (faults.length > 0) throw configurationError(faults);
  access(home, 'written', (store) => {
    store.store = Object.fromEntries(next);
  });
}

/** Puts a settings store aside that is damaged, so that a new one can be written. False where it is not. */
export function setAsideDamagedStore(home: string): boolean {
  try {
    readStore(home);
    return false;
  } catch (error) {
    if (!(error instanceof BrokerError && error.cause instanceof SyntaxError)) throw error;
    renameSync(storePath(home), `${storePath(home)}.damaged`);
    return true;
  }
}

/** What is wrong with a change of something that is no setting. */
export function unknownSetting(property: string): SettingFault {
  return { property, message: `${excerpt(property)} is no setting.${unknownPropertyHint(property)}` };
}

/**
 * The settings of the home directory's settings store.
 * @param changes what it is to be read as, without being written: null for a setting that is taken out
 * @param seal of the host's; a secret that it cannot open counts as not there
 */
export function storeSource(home: string, changes: StoredSettings = {}, seal?: SecretSeal): SettingSource {
  const path = storePath(home);
  const values = new Map<SettingName, RawValue>();
  const problems: string[] = [];
  const warnings: string[] = [];
  try {
    for (const [property, stored] of Object.entries({ ...readStore(home), ...changes })) {
      if (stored === null && Object.hasOwn(changes, property)) continue;
      const setting = findSetting(property);
      const raw = setting?.type.kind === 'secret' && isSealed(stored) ? seal?.open(stored) : stored;
      if (raw === undefined) {
        warnings.push(`${path}: ${property} was sealed by another host or user, and has to be set again.`);
      } else if (setting !== undefined) {
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

function sealed(secret: unknown, seal: SecretSeal | undefined): unknown {
  return typeof secret === 'string' && secret !== '' && seal !== undefined ? seal.seal(secret) : secret;
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
