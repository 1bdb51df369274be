import type { Notice } from './notices.ts';

/** As much of electron-updater's AppUpdater as is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  setFeedURL(feed: { provider: 'generic'; url: string }): void;
  checkForUpdates(): Promise<{
    readonly isUpdateAvailable: boolean;
    readonly updateInfo: { version: string };
  } | null>;
  downloadUpdate(): Promise<unknown>;
}

/** True where updates can be looked for: a feed is configured, and nobody on the way can change what it says. */
export function isFeed(url: string): boolean {
  return URL.parse(url)?.protocol === 'https:';
}

/**
 * Looks once whether there is a newer version, and fetches it where there is: it is installed when the app is
 * quit, after the platform has checked its signature.
 * @param load gives the updater; it is loaded only here, since most never look for updates
 * @returns what to tell the person
 */
export async function checkForUpdate(feedUrl: string, load: () => Promise<Updater>): Promise<Notice> {
  if (!isFeed(feedUrl)) {
    return {
      title: 'No place to look for updates is set',
      body: 'Set updates.feedUrl in desktop.json to an address that begins with https://.',
    };
  }
  try {
    const updater = await load();
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = true;
    updater.setFeedURL({ provider: 'generic', url: feedUrl });
    const found = await updater.checkForUpdates();
    if (found?.isUpdateAvailable !== true) {
      return { title: 'DCMRS Broker is up to date', body: `Nothing newer is published at ${feedUrl}.` };
    }
    await updater.downloadUpdate();
    const { version } = found.updateInfo;
    return { title: `Version ${version} is ready`, body: 'It is installed when you quit DCMRS Broker.' };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { title: 'Looking for updates failed', body: `${feedUrl}: ${why}` };
  }
}
