import type { DescribedSetting, DescribedSettings } from '../../../broker/control/contract/settings.ts';
import { archiveSettings, type Setting, settings } from '../../../broker/config/schema.ts';
import { groups } from '../../../broker/config/setting.ts';

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
      ...archiveSettings('SECOND').map((setting) => described(setting, 'SECOND')),
    ],
    archives: ['default', 'SECOND'],
    problems: [],
    warnings: [],
    storePath: '/var/lib/dcmrs-broker/conf/settings.json',
  };
}

function described(setting: Setting, archive: string | undefined): DescribedSetting {
  const { type, property } = setting;
  const stored = given[property];
  const value = stored ?? scalar(setting.default);
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
    isSet: value !== undefined,
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
