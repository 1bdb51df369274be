import type { DescribedSetting } from '../../../broker/control/contract/settings.ts';
import type { ScriptedWorld } from './scripted-world.ts';

/** Has the gateway as it is at its first start: nothing is saved, and so it does not run. */
export function leaveUnconfigured(world: ScriptedWorld): void {
  const missing = [{ property: 'qido.remote_ae', message: 'A value is needed here.' }];
  world.settings = {
    ...world.settings,
    archives: ['default'],
    settings: world.settings.settings.filter(({ archive }) => archive !== 'SECOND').map(withoutOwn),
    problems: missing,
  };
  world.changed({ phase: 'unconfigured', phaseReasons: missing, archives: [], retrievals: [] });
}

function withoutOwn(setting: DescribedSetting): DescribedSetting {
  if (setting.source !== 'store') return setting;
  const { value: _, ...rest } = setting;
  const value = setting.default === undefined ? {} : { value: setting.default };
  return { ...rest, ...value, source: 'default', where: '', isSet: false };
}
