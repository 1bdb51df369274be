import type { DescribedSetting } from '../../broker/control/contract/settings.ts';

type Value = string | number | boolean;

/** True where the settings store gives a setting its own value, which can be taken back. */
export function isOwn({ source, defaultsTo, isSet }: DescribedSetting): boolean {
  // Of a setting that takes another one's value, the source is that of the other one.
  return source === 'store' && (defaultsTo === undefined || isSet);
}

/** The value in force as a field shows it; '' where there is none of its own. */
export function shownText(setting: DescribedSetting): string {
  if (setting.isSecret) return '';
  // What counts instead stands in the field as a hint: it changes with the other setting.
  if (setting.defaultsTo !== undefined && !setting.isSet) return '';
  return String(setting.value ?? '');
}

/** What stands in the field where it is taken back. */
export function textOfDefault(setting: DescribedSetting): string {
  return setting.isSecret || setting.defaultsTo !== undefined ? '' : String(setting.default ?? '');
}

/** True where an empty field is a value of its own, such as «no log file». */
function takesEmpty(setting: DescribedSetting): boolean {
  return setting.default === '' && setting.kind !== 'secret';
}

/**
 * What a text means as a value; null: the setting is taken back. What cannot be read stays text, so that the check
 * of the gateway says what is wrong with it.
 */
export function valueOf(setting: DescribedSetting, text: string): Value | null {
  const trimmed = text.trim();
  if (trimmed === '') return takesEmpty(setting) || setting.kind === 'url-base' ? '' : null;
  switch (setting.kind) {
    case 'integer':
    case 'port':
      return /^[+-]?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : trimmed;
    default:
      return trimmed;
  }
}

/** A value with its unit, for people: `600 seconds`, `on`, `nothing`. */
export function valueInWords(
  setting: Pick<DescribedSetting, 'unit'> | undefined,
  value: Value | undefined,
): string {
  if (value === undefined || value === '') return 'nothing';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return setting?.unit === undefined ? String(value) : `${value} ${setting.unit}`;
}
