import { findSetting } from '../../../broker/config/schema.ts';
import type {
  DescribedSetting,
  SettingChanges,
  SettingProblem,
} from '../../../broker/control/contract/settings.ts';
import type { ControlImplementer } from './control-implementer.ts';
import { scriptedArchiveSettings, scriptedSettings } from './scripted-settings.ts';
import type { ScriptedWorld } from './scripted-world.ts';

/** Settings that are checked by the real schema and kept in memory. */
export function settingsHandlers(control: ControlImplementer, world: ScriptedWorld) {
  const applied = () => {
    world.tell({ type: 'settings' });
    return { restarted: ['the storage SCP'] };
  };
  return {
    settings: {
      get: control.settings.get.handler(() => world.settings),
      validate: control.settings.validate.handler(({ input }) => [
        ...problemsOf(input.changes),
        ...world.missing
          .filter((property) => input.changes[property] === undefined)
          .map((property) => ({ property, message: 'A value is needed here.' })),
      ]),
      save: control.settings.save.handler(({ input }) => {
        world.settings = {
          ...world.settings,
          settings: world.settings.settings.map(changedBy(input.changes)),
        };
        return applied();
      }),
      addArchive: control.settings.addArchive.handler(({ input }) => {
        const { settings, archives } = world.settings;
        world.settings = {
          ...world.settings,
          archives: [...archives, input.name],
          settings: [...settings, ...scriptedArchiveSettings(input.name, input.changes)],
        };
        return applied();
      }),
      removeArchive: control.settings.removeArchive.handler(({ input }) => {
        world.settings = {
          ...world.settings,
          archives: world.settings.archives.filter((name) => name !== input.name),
          settings: world.settings.settings.filter(({ archive }) => archive !== input.name),
        };
        return applied();
      }),
      orderArchives: control.settings.orderArchives.handler(({ input }) => {
        world.settings = { ...world.settings, archives: input.names };
        return applied();
      }),
      export: control.settings.export.handler(() => ({
        format: 'dcmrs-broker-settings' as const,
        version: 1 as const,
        settings: Object.fromEntries(
          world.settings.settings
            .filter(({ source, value }) => source === 'store' && value !== undefined)
            .map(({ property, value }) => [property, value!]),
        ),
      })),
      import: control.settings.import.handler(({ input }) => {
        world.settings = {
          ...world.settings,
          settings: world.settings.settings.map(changedBy(input.settings)),
        };
        return applied();
      }),
      reset: control.settings.reset.handler(() => {
        world.settings = scriptedSettings();
        return applied();
      }),
      counterpart: control.settings.counterpart.handler(({ input }) => ({
        archive: input.name,
        rows: [
          { label: 'AE title that asks', value: 'BROKER' },
          { label: 'AE title that receives images', value: 'BROKER', note: 'The move destination.' },
          { label: 'Address', value: '10.1.2.9' },
          { label: 'Port', value: '11112' },
        ],
      })),
    },
  };
}

function problemsOf(changes: SettingChanges): SettingProblem[] {
  return Object.entries(changes).flatMap(([property, value]) => {
    const setting = findSetting(property);
    if (setting === undefined) return [{ property, message: `${property} is no setting.` }];
    if (value === null || setting.type.schema.safeParse(value).success) return [];
    return [{ property, message: 'This value is not allowed.', remedy: `Allowed: ${setting.type.allowed}.` }];
  });
}

function changedBy(changes: SettingChanges) {
  return (setting: DescribedSetting): DescribedSetting => {
    const value = changes[setting.property];
    if (value === undefined) return setting;
    const { value: _, ...rest } = setting;
    if (value !== null) return { ...rest, value, isSet: true, source: 'store' };
    return {
      ...rest,
      ...(setting.default === undefined ? {} : { value: setting.default }),
      isSet: false,
      source: 'default',
    };
  };
}
