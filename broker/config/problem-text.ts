import { BrokerError } from '../domain/errors.ts';
import type { Setting } from './schema.ts';
import { faultText, type SettingFault } from './setting-fault.ts';
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
export function notAllowed(setting: Setting, raw: unknown, origin?: Origin): SettingFault {
  const from = origin === undefined ? '' : ` (${originText(origin)})`;
  // A secret that is mistyped is nearly the secret.
  const isSecret = setting.type.kind === 'secret';
  return {
    property: setting.property,
    message: `${isSecret ? setting.property : `${setting.property} = ${excerpt(raw)}`}${from} is not allowed.`,
    brief: `${isSecret ? 'This' : excerpt(raw)} is not allowed.`,
    remedy: `Allowed: ${setting.type.allowed}.`,
  };
}

/** What to do about a required setting that nothing gives. */
export function missing(setting: Setting): SettingFault {
  return {
    property: setting.property,
    message: `${setting.property} (environment variable ${setting.env}) is missing.`,
    brief: 'A value is needed here.',
    remedy: `${setting.help} Allowed: ${setting.type.allowed}.`,
  };
}

/** The error that tells all `problems` at once, one a line, and then the `notes` that may explain them. */
export function configurationError(
  faults: readonly (SettingFault | string)[],
  notes: readonly string[] = [],
): BrokerError {
  const problems = faults.map((fault) => (typeof fault === 'string' ? fault : faultText(fault)));
  const count = problems.length === 1 ? '1 problem' : `${String(problems.length)} problems`;
  return new BrokerError(
    'configuration',
    [`The configuration has ${count}:`, ...problems, ...notes].join('\n'),
  );
}
