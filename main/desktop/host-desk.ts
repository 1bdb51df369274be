import { mkdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Dialog, Shell } from 'electron';
import type { HostQuestion } from './gateway/gateway-messages.ts';
import type { LoginItem } from './login-item.ts';

export interface HostDeskParts {
  readonly dialog: Pick<Dialog, 'showOpenDialog'>;
  readonly shell: Pick<Shell, 'openPath'>;
  readonly loginItem: LoginItem;
  /** Called after what the host can do, or does, has changed. */
  readonly onAbilitiesChange: () => void;
}

/**
 * Answers what the gateway's process asks of the desktop.
 * @returns the folder that was chosen; undefined where none was, or where nothing was to be chosen
 * @throws Error whose message says what could not be done
 */
export async function answerQuestion(
  question: HostQuestion,
  parts: HostDeskParts,
): Promise<string | undefined> {
  switch (question.what) {
    case 'choose-folder': {
      const { filePaths } = await parts.dialog.showOpenDialog({
        properties: ['openDirectory', 'createDirectory'],
        ...(question.startAt === undefined ? {} : { defaultPath: question.startAt }),
      });
      return filePaths[0];
    }
    case 'open-folder':
      await openFolder(question.path, parts.shell);
      return undefined;
    case 'start-at-login':
      parts.loginItem.set(question.enabled);
      parts.onAbilitiesChange();
      return undefined;
  }
}

/** Shows a folder in the platform's file browser; it is made where it is not there yet. */
async function openFolder(path: string, shell: Pick<Shell, 'openPath'>): Promise<void> {
  if (!isAbsolute(path)) throw new Error(`${path} is not a whole path and was not opened.`);
  await mkdir(path, { recursive: true });
  const failure = await shell.openPath(path);
  if (failure !== '') throw new Error(`The folder ${path} could not be opened: ${failure}`);
}
