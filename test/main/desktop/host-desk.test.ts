import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenDialogReturnValue } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { answerQuestion } from '../../../main/desktop/host-desk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function desk(chosen: string[] = [], failure = '') {
  return {
    dialog: {
      showOpenDialog: vi.fn(() =>
        Promise.resolve<OpenDialogReturnValue>({ canceled: chosen.length === 0, filePaths: chosen }),
      ),
    },
    shell: { openPath: vi.fn(() => Promise.resolve(failure)) },
    loginItem: { isSet: () => false, set: vi.fn() },
    onAbilitiesChange: vi.fn(),
  };
}

describe('answerQuestion', () => {
  it('gives the folder that the person chose, or none', async () => {
    const question = { what: 'choose-folder', startAt: '/images' } as const;
    const chosen = desk(['/chosen']);
    expect(await answerQuestion(question, chosen as never)).toBe('/chosen');
    expect(chosen.dialog.showOpenDialog).toHaveBeenCalledWith({
      properties: ['openDirectory', 'createDirectory'],
      defaultPath: '/images',
    });
    expect(await answerQuestion(question, desk() as never)).toBeUndefined();
  });

  it('opens a folder, and makes it where it is not there yet', async () => {
    await using directory = await temporaryDirectory('desk');
    const path = join(directory.path, 'logs');
    const parts = desk();
    await answerQuestion({ what: 'open-folder', path }, parts);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect(parts.shell.openPath).toHaveBeenCalledWith(path);
  });

  it('says why a folder could not be opened', async () => {
    await using directory = await temporaryDirectory('desk');
    const parts = desk([], 'no file browser');
    await expect(
      answerQuestion({ what: 'open-folder', path: directory.path }, parts as never),
    ).rejects.toThrow('could not be opened: no file browser');
  });

  it('opens no path that depends on where the program runs', async () => {
    const parts = desk();
    await expect(answerQuestion({ what: 'open-folder', path: 'logs' }, parts as never)).rejects.toThrow(
      'not a whole path',
    );
    expect(parts.shell.openPath).not.toHaveBeenCalled();
  });

  it('sets the start at login, and tells that it has changed', async () => {
    const parts = desk();
    await answerQuestion({ what: 'start-at-login', enabled: true }, parts);
    expect(parts.loginItem.set).toHaveBeenCalledWith(true);
    expect(parts.onAbilitiesChange).toHaveBeenCalled();
  });
});
