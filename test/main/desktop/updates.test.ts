import { describe, expect, it, vi } from 'vitest';
import { checkForUpdate, isFeed, type Updater } from '../../../main/desktop/updates.ts';

const feed = 'https://updates.example/dcmrs-broker';

function updater(isUpdateAvailable: boolean) {
  return {
    autoDownload: true,
    autoInstallOnAppQuit: false,
    setFeedURL: vi.fn(),
    checkForUpdates: vi.fn(() => Promise.resolve({ isUpdateAvailable, updateInfo: { version: '9.9.9' } })),
    downloadUpdate: vi.fn(() => Promise.resolve()),
  } satisfies Updater;
}

describe('isFeed', () => {
  it('takes https only', () => {
    expect(isFeed(feed)).toBe(true);
    for (const url of ['http://updates.example/', 'file:///tmp', '', 'updates.example']) {
      expect(isFeed(url)).toBe(false);
    }
  });
});

describe('checkForUpdate', () => {
  it('loads no updater and asks nobody where no feed is set', async () => {
    const load = vi.fn(() => Promise.resolve(updater(true)));
    expect((await checkForUpdate('http://updates.example/', load)).title).toContain('No place');
    expect(load).not.toHaveBeenCalled();
  });

  it('fetches a newer version', async () => {
    const newer = updater(true);
    expect(await checkForUpdate(feed, () => Promise.resolve(newer))).toEqual({
      title: 'Version 9.9.9 is ready',
      body: 'It is installed when you quit DCMRS Broker.',
    });
    expect(newer.setFeedURL).toHaveBeenCalledWith({ provider: 'generic', url: feed });
    expect(newer.downloadUpdate).toHaveBeenCalled();
  });

  it('fetches nothing where there is nothing newer', async () => {
    const same = updater(false);
    expect((await checkForUpdate(feed, () => Promise.resolve(same))).title).toContain('up to date');
    expect(same.downloadUpdate).not.toHaveBeenCalled();
  });

  it('says why it failed', async () => {
    const failing = updater(true);
    failing.checkForUpdates.mockRejectedValue(new Error('ENOTFOUND\n    at stack'));
    expect(await checkForUpdate(feed, () => Promise.resolve(failing))).toEqual({
      title: 'Looking for updates failed',
      body: `${feed}: ENOTFOUND`,
    });
  });
});
