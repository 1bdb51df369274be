import type { DescribedSetting, DescribedSettings } from '../../../broker/control/contract/settings.ts';
import { archiveSettings, type Setting, settings } from '../../../broker/config/schema.ts';
import { asDefaultArchive, groups } from '../../../broker/config/setting.ts';

const given: Readonly<Record<string, string | number | boolean>> = {
  'qido.remote_ae': 'MAIN-PACS',
  'qido.remote_host': '10.1.2.3',
  'qido.local_ae': 'BROKER',
  'wado.remote_ae': 'MAIN-PACS',
  'wado.remote_host': '10.1.2.3',
  'wado.local_ae': 'BROKER',
  'scp.local_ae': 'BROKER',
  'scp.cache_dir_path': '/var/cache/dcmrs-broker',
  'archives.SECOND.qido.remote_ae': 'SECOND-PACS',
  'archives.SECOND.qido.remote_host': 'pacs2.hospital.example',
};

/** The settings of the real schema, of two archives; some are locked by environment and properties file. */
export function scriptedSettings(): DescribedSettings {
  return {
    groups: Object.entries(groups).map(([name, title]) => ({ name, title })),
    settings: [
      ...settings.map((setting) => described(setting, 'perArchive' in setting ? 'default' : undefined)),
      ...scriptedArchiveSettings('SECOND'),
    ],
    archives: ['default', 'SECOND'],
    problems: [],
    warnings: [],
    storePath: '/var/lib/dcmrs-broker/conf/settings.json',
  };
}

/** The settings of a further archive, with those values that are given. */
export function scriptedArchiveSettings(
  archive: string,
  values: Readonly<Record<string, unknown>> = given,
): DescribedSetting[] {
  return archiveSettings(archive).map((setting) => {
    const otherwise = setting.perArchive.otherwise ?? setting.defaultsTo;
    if (otherwise === undefined) return described(setting, archive, values);
    const defaultsTo =
      otherwise === asDefaultArchive ? setting.ofArchive : `archives.${archive}.${otherwise}`;
    const { default: _, ...rest } = described({ ...setting, defaultsTo }, archive, values);
    const value = rest.value ?? scalar(values[defaultsTo]) ?? scalar(given[defaultsTo]);
    return { ...rest, ...(value === undefined ? {} : { value }) };
  });
}

function described(
  setting: Setting,
  archive: string | undefined,
  values: Readonly<Record<string, unknown>> = given,
): DescribedSetting {
  const { type, property } = setting;
  const stored = values[property];
  const value = scalar(stored) ?? scalar(setting.default);
  const source = sourceOf(property, stored);
  return {
    property,
    env: setting.env,
    group: setting.group,
    kind: type.kind,
    help: setting.help,
    allowed: type.allowed,
    ...(type.unit === undefined ? {} : { unit: type.unit }),
    ...(type.min === undefined ? {} : { min: type.min }),
    ...(type.max === undefined ? {} : { max: type.max }),
    ...(type.choices === undefined ? {} : { choices: [...type.choices] }),
    ...(setting.default === undefined ? {} : { default: scalar(setting.default) ?? '' }),
    ...(setting.defaultsTo === undefined ? {} : { defaultsTo: setting.defaultsTo }),
    ...(archive === undefined ? {} : { archive }),
    ...(value === undefined ? {} : { value }),
    isSet: stored !== undefined,
    isSecret: property.endsWith('.token'),
    ...source,
    isLocked: source.source === 'environment' || source.source === 'properties',
  };
}

function sourceOf(property: string, stored: unknown): Pick<DescribedSetting, 'source' | 'where'> {
  if (property === 'http.port') return { source: 'environment', where: 'HTTP_PORT' };
  if (property === 'wado.max_retry_attempts') {
    return { source: 'properties', where: '/etc/dcmrs-broker/application.properties, line 12' };
  }
  if (stored === undefined) return { source: 'default', where: '' };
  return { source: 'store', where: '/var/lib/dcmrs-broker/conf/settings.json' };
}

function scalar(value: unknown): string | number | boolean | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}
