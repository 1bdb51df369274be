import { describe, expect, it } from 'vitest';
import { listedArchives, movedName } from '../../renderer/screens/archives/listed-archives.ts';
import {
  archiveNameProblem,
  changesUnderName,
  describeNewArchive,
  placeholderName,
} from '../../renderer/screens/archives/new-archive.ts';
import { scriptedSettings } from '../support/control/scripted-settings.ts';

describe('the name of a new archive', () => {
  it.each(['', 'a b', 'ä', '../x', 'x'.repeat(33), 'DEFAULT', 'sec-ond'])('is refused: %j', (name) => {
    expect(archiveNameProblem(name, ['default', 'SEC_OND'])).toBeDefined();
  });

  it('is taken where it is safe and new', () => {
    expect(archiveNameProblem('Third-1', ['default', 'SECOND'])).toBeUndefined();
  });
});

describe('a new archive', () => {
  const added = describeNewArchive(scriptedSettings()).settings.filter(
    ({ archive }) => archive === placeholderName,
  );
  const find = (ofDefault: string) =>
    added.find(({ property }) => property === `archives.${placeholderName}.${ofDefault}`);

  it('has no value of another archive', () => {
    expect(find('qido.remote_ae')).not.toHaveProperty('value');
    expect(added.every(({ isLocked, isSet }) => !isLocked && !isSet)).toBe(true);
  });

  it('retrieves where it is queried, stores where it retrieves, and asks as the default one does', () => {
    expect(find('wado.remote_host')?.defaultsTo).toBe(`archives.${placeholderName}.qido.remote_host`);
    expect(find('stow.remote_host')?.defaultsTo).toBe(`archives.${placeholderName}.wado.remote_host`);
    expect(find('qido.local_ae')?.defaultsTo).toBe('qido.local_ae');
  });

  it('has its settings saved under its name', () => {
    expect(changesUnderName({ [`archives.${placeholderName}.qido.remote_ae`]: 'X' }, 'THIRD')).toEqual({
      'archives.THIRD.qido.remote_ae': 'X',
    });
  });
});

describe('the order of archives', () => {
  it('keeps the default one first', () => {
    expect(movedName(['default', 'A', 'B'], 'B', -1)).toEqual(['default', 'B', 'A']);
    expect(movedName(['default', 'A', 'B'], 'A', -1)).toBeUndefined();
    expect(movedName(['default', 'A', 'B'], 'default', 1)).toBeUndefined();
    expect(movedName(['default', 'A', 'B'], 'B', 1)).toBeUndefined();
  });
});

describe('the list of archives', () => {
  it('says what gives an archive that cannot be removed here', () => {
    const described = scriptedSettings();
    const settings = described.settings.map((setting) =>
      setting.property === 'archives.SECOND.qido.remote_ae'
        ? { ...setting, isLocked: true, where: 'ARCHIVES_SECOND_QIDO_REMOTE_AE' }
        : setting,
    );
    const [first, second] = listedArchives({ ...described, settings }, []);
    expect(first?.lockedBy).toBeUndefined();
    expect(second?.lockedBy).toBe('ARCHIVES_SECOND_QIDO_REMOTE_AE');
    expect(second?.address).toBe('pacs2.hospital.example:11112');
  });
});
