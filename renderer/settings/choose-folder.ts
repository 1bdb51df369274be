import { api } from '../api/client.ts';
import { troubleOf } from '../api/trouble-of.ts';
import { toasts } from '../state/toasts.svelte.ts';

/** Lets the person choose a folder in a window of the host; undefined where none was chosen. */
export async function chooseFolder(startAt: string): Promise<string | undefined> {
  try {
    return (await api.host.chooseFolder(startAt === '' ? {} : { startAt })).path;
  } catch (error) {
    toasts.show(troubleOf(error).message, 'bad');
    return undefined;
  }
}
