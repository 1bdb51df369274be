import { BrokerError } from '../domain/errors.ts';
import type { Setting } from './schema.ts';
import type { Origin } from './setting-source.ts';

/** A value as messages show it: as JSON, so that control characters are escaped, cut to 80 characters. */
export function excerpt(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  const json = JSON.stringify(value) as string | undefined;
  return (json ?? 'undefined').slice(0, 80);
}

/** The origin as it is named in messages. */
export function originText(origin: Origin): string {
  return origin.source === 'environment' ? `environment variable ${origin.where}` : origin.where;
}

/** What is wrong with a value: the key, what it was, where it came from, what is allowed. */
export function notAllowedText(setting: Setting, raw: unknown, origin?: Origin): string {
  const from = origin === undefined ? '' : ` (${originText(origin)})`;
  // A secret that is mistyped is nearly the secret.
  const what = setting.type.kind === 'secret' ? setting.property : `${setting.property} = ${excerpt(raw)}`;
  return `${what}${from} is not allowed. Allowed: ${setting.type.allowed}.`;
}

/** What to do about a required setting that nothing gives. */
export function missingText(setting: Setting): string {
  const names = `${setting.property} (environment variable ${setting.env})`;
  return `${names} is missing. ${setting.help} Allowed: ${setting.type.allowed}.`;
}

/** The error that tells all `problems` at once, one a line, and then the `notes` that may explain them. */
export function configurationError(problems: readonly string[], notes: readonly string[] = []): BrokerError {
  const count = problems.length === 1 ? '1 problem' : `${String(problems.length)} problems`;
  return new BrokerError(
    'configuration',
    [`The configuration has ${count}:`, ...problems, ...notes].join('\n'),
  );
}
