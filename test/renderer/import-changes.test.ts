import { describe, expect, it } from 'vitest';
import type { SettingsFile } from '../../broker/control/contract/settings.ts';
import {
  importChanges,
  importLines,
  importProblems,
} from '../../renderer/screens/settings/import-changes.ts';
import { scriptedSettings } from '../support/control/scripted-settings.ts';

const described = scriptedSettings();
const file = (settings: SettingsFile['settings']): SettingsFile => ({
  format: 'dcmrs-broker-settings',
  version: 1,
  settings,
});
const own = Object.fromEntries(
  described.settings
    .filter(({ source, value }) => source === 'store' && value !== undefined)
    .map(({ property, value }) => [property, value!]),
);

describe('an import of settings', () => {
  it('changes nothing where the file says what is saved already', () => {
    expect(importLines(described, file(own))).toEqual([]);
  });

  it('shows what is taken back since it is not in the file', () => {
    const { 'scp.local_ae': _, ...rest } = own;
    expect(importLines(described, file(rest))).toEqual([
      { property: 'scp.local_ae', label: 'AE title that receives images', now: 'BROKER', then: 'nothing' },
    ]);
    expect(importChanges(described, file(rest))).toMatchObject({ 'scp.local_ae': null });
  });

  it('shows archives that are not there yet', () => {
    const added = { ...own, 'archives.THIRD.qido.remote_ae': 'THIRD-PACS' };
    expect(importLines(described, file(added))).toMatchObject([{ now: 'nothing', then: 'THIRD-PACS' }]);
  });

  it('says that a locked setting stays as it is, and has nothing checked for it', () => {
    const locked = { ...own, 'http.port': 99 };
    expect(importLines(described, file(locked))).toMatchObject([{ property: 'http.port', then: '99' }]);
    expect(importLines(described, file(locked))[0]?.note).toContain('HTTP_PORT');
    expect(importChanges(described, file(locked))).not.toHaveProperty('http.port');
  });

  it('is hindered by what it brings, not by what was wrong before', () => {
    const before = { property: 'qido.remote_host', message: 'A value is needed here.' };
    const brought = { property: 'scp.local_port', message: 'This is not allowed.' };
    const found = importProblems({ ...described, problems: [before] }, { 'scp.local_port': 99_999 }, [
      before,
      brought,
    ]);
    expect(found).toEqual([brought]);
  });
});
