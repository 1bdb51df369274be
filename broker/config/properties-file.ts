import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVariable, type Environment } from './environment.ts';
import { parsePropertiesLine, type ValuePart } from './properties-line.ts';
import { findSetting, type SettingName } from './schema.ts';
import type { RawValue, SettingSource } from './setting-source.ts';
import { unknownPropertyHint } from './unknown-name.ts';

/** The properties file of a home directory. */
export function propertiesPath(home: string): string {
  return join(home, 'conf', 'dcmrsbroker.properties');
}

/** The settings of the home directory's properties file; none where there is no such file. */
export function propertiesSource(home: string, env: Environment): SettingSource {
  const path = propertiesPath(home);
  try {
    return parseProperties(readFileSync(path, 'utf8'), { path, env });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const problems = absent ? [] : [`${path} cannot be read: ${reason}`];
    return { values: new Map(), problems, warnings: [], unreadable: new Set() };
  }
}

interface Assignment {
  readonly parts: readonly ValuePart[];
  readonly where: string;
}

/**
 * The settings in the text of a properties file. Never throws: a line that cannot be read becomes
 * a problem, a key that is no setting a warning, each with `path:line`.
 */
export function parseProperties(text: string, from: { path: string; env: Environment }): SettingSource {
  const problems: string[] = [];
  const unreadable = new Set<string>();
  const assignments = new Map<string, Assignment[]>();
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const where = `${from.path}:${String(index + 1)}`;
    const parsed = parsePropertiesLine(line);
    if (parsed.kind === 'malformed') {
      problems.push(`${where}: ${parsed.key === undefined ? '' : `${parsed.key}: `}${parsed.reason}.`);
      if (parsed.key !== undefined) unreadable.add(parsed.key);
    }
    if (parsed.kind !== 'assignment') continue;
    const earlier = assignments.get(parsed.key);
    if (earlier === undefined) assignments.set(parsed.key, [{ parts: parsed.parts, where }]);
    else earlier.push({ parts: parsed.parts, where });
  }
  return resolveAssignments(assignments, { env: from.env, problems, unreadable });
}

function resolveAssignments(
  assignments: ReadonlyMap<string, readonly Assignment[]>,
  { env, problems, unreadable }: { env: Environment; problems: string[]; unreadable: Set<string> },
): SettingSource {
  const values = new Map<SettingName, RawValue>();
  const warnings: string[] = [];
  for (const [key, ofKey] of assignments) {
    const setting = findSetting(key);
    if (setting === undefined) {
      warnings.push(...ofKey.map(({ where }) => unknownKey(key, where)));
      continue;
    }
    const result = lastValue(ofKey, env);
    if (result === undefined) continue;
    if ('unset' in result) {
      unreadable.add(key);
      problems.push(`${result.where}: ${key}: environment variable ${result.unset} is not set.`);
    } else {
      const origin = { source: 'properties', where: result.where } as const;
      values.set(setting.property, { raw: result.text, origin });
    }
  }
  return { values, problems, warnings, unreadable };
}

/** HOCON's rule: the last assignment counts, but one that is unset leaves the earlier in force. */
function lastValue(assignments: readonly Assignment[], env: Environment) {
  for (const { parts, where } of assignments.toReversed()) {
    const result = joinParts(parts, env);
    if (result !== undefined) return { ...result, where };
  }
  return undefined;
}

/** The text of the parts, the variable that it lacks, or undefined where every variable is unset. */
function joinParts(parts: readonly ValuePart[], env: Environment) {
  let isSet = false;
  let text = '';
  for (const part of parts) {
    if ('text' in part) {
      text += part.text;
      isSet ||= part.quoted || part.text.trim() !== '';
      continue;
    }
    const value = readVariable(env, part.variable);
    if (value === undefined && !part.optional) return { unset: part.variable };
    text += value ?? '';
    isSet ||= value !== undefined;
  }
  return isSet ? { text } : undefined;
}

function unknownKey(key: string, where: string): string {
  return `${where}: ${key} is no setting and is ignored.${unknownPropertyHint(key)}`;
}
