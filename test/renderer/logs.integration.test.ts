import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../broker/control/contract/log.ts';
import { openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import type { ScriptedControl } from '../support/control/scripted-control.ts';
import { scriptedEntry } from '../support/control/scripted-log.ts';
import { markup } from '../support/control/scripted-state.ts';

const written = (count: number, from = 0, change: Partial<LogEntry> = {}) =>
  Array.from({ length: count }, (_, index) => scriptedEntry(from + index, change));

describe('the log', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  const open = (
    entries: readonly LogEntry[],
    prepare: (control: ScriptedControl) => void = () => undefined,
    place = '/logs',
  ) =>
    openControlPage(browser, place, (control) => {
      control.world.write(entries);
      prepare(control);
    });
  const lines = (page: Page) => page.getByRole('listbox', { name: 'Log entries' }).getByRole('option');
  const line = (page: Page, text: string) => page.getByRole('option', { name: text });

  it('shows entries as they come, at their end', async () => {
    await using opened = await open(written(400));
    await line(opened.page, 'Entry 399 of the log.').waitFor();
    opened.control.world.write(written(1, 400));
    await line(opened.page, 'Entry 400 of the log.').waitFor();
    expect(await lines(opened.page).count()).toBeLessThan(80);
  });

  it('stands still when the person scrolls up, and offers to jump to now', async () => {
    await using opened = await open(written(400));
    const { page, control } = opened;
    await line(page, 'Entry 399 of the log.').hover();
    await page.mouse.wheel(0, -1_000);
    await page.getByText('standing still').waitFor();
    const seen = await lines(page).allTextContents();
    control.world.write(written(30, 400));
    await page.getByRole('button', { name: 'Jump to now (30 new)' }).waitFor();
    expect(await lines(page).allTextContents()).toEqual(seen);
    await page.getByRole('button', { name: 'Jump to now' }).press('Enter');
    await line(page, 'Entry 429 of the log.').waitFor();
    await page.getByText(', following').waitFor();
  });

  it('stands still on the button, and follows again', async () => {
    await using opened = await open(written(5));
    const { page, control } = opened;
    await page.getByRole('button', { name: 'Pause' }).click();
    control.world.write(written(1, 5));
    await page.getByRole('button', { name: 'Jump to now (1 new)' }).waitFor();
    expect(await line(page, 'Entry 5 of the log.').count()).toBe(0);
    await page.getByRole('button', { name: 'Follow' }).click();
    await line(page, 'Entry 5 of the log.').waitFor();
  });

  it('asks for the level that is chosen', async () => {
    const entries = [...written(3), ...written(1, 3, { level: 'error', message: 'It went wrong.' })];
    await using opened = await open(entries);
    await opened.page.getByLabel('Entries of which level').selectOption('error');
    await expect.poll(() => lines(opened.page).count()).toBe(1);
    await line(opened.page, 'It went wrong.').waitFor();
  });

  it('shows what another filter finds also while it stands still', async () => {
    await using opened = await open([
      ...written(3),
      ...written(1, 3, { level: 'error', message: 'It went wrong.' }),
    ]);
    await opened.page.getByRole('button', { name: 'Pause' }).click();
    await opened.page.getByLabel('Entries of which level').selectOption('error');
    await expect.poll(() => lines(opened.page).count()).toBe(1);
  });

  it('asks for what is typed, and says where nothing is like it', async () => {
    await using opened = await open([...written(3), ...written(1, 3, { message: 'The needle.' })]);
    await opened.page.keyboard.press('/');
    await opened.page.keyboard.type('needle');
    await expect.poll(() => lines(opened.page).count()).toBe(1);
    await opened.page.getByRole('searchbox').fill('nowhere');
    await opened.page.getByText('No entry is like this.').waitFor();
  });

  it('hides patient data unless the person asks for it and says yes', async () => {
    await using opened = await open(written(3));
    const { page } = opened;
    await line(page, '[redacted]').first().waitFor();
    await page.getByRole('button', { name: 'Show patient data' }).click();
    await page.getByRole('alertdialog').getByText('itself written to the log').waitFor();
    await page.getByRole('button', { name: 'Keep it hidden' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
    expect(await line(page, 'DOE^JANE').count()).toBe(0);
    await page.getByRole('button', { name: 'Show patient data' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Show patient data' }).click();
    await line(page, 'DOE^JANE').first().waitFor();
    await page.getByRole('button', { name: 'Hide it' }).click();
    await line(page, '[redacted]').first().waitFor();
  });

  it('shows one request or association by itself, by keyboard', async () => {
    const entries = [
      ...written(3),
      ...written(2, 3, { request: 'r-1' }),
      ...written(1, 5, { association: 'a-1' }),
    ];
    await using opened = await open(entries);
    const { page } = opened;
    await line(page, 'Entry 5 of the log.').waitFor();
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'The chosen entry' }).getByText('Entry 4 of the log.').waitFor();
    await page.getByRole('button', { name: 'Only this request' }).press('Enter');
    await expect.poll(() => lines(page).count()).toBe(2);
    await page.getByRole('button', { name: 'Show all entries' }).click();
    await expect.poll(() => lines(page).count()).toBe(6);
  });

  it('saves what is asked for as a file', async () => {
    await using opened = await open(written(3));
    const download = opened.page.waitForEvent('download');
    await opened.page.getByRole('button', { name: 'Save as file' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('dcmrs-broker.log');
    expect(await readFile(await file.path(), 'utf8')).toContain('Entry 2 of the log.');
    expect(opened.faults).toEqual([]);
  });

  it('says why nothing can be shown', async () => {
    await using opened = await open([], ({ world }) => {
      world.failures.set('log.follow', { message: 'The log cannot be read.', remedy: 'Look at its folder.' });
    });
    await opened.page.getByText('The log cannot be read. Look at its folder.').waitFor();
  });

  it('shows markup as text', async () => {
    await using opened = await open(
      written(1, 0, { message: markup, fields: JSON.stringify({ name: markup }) }),
    );
    await lines(opened.page).getByText(markup).first().waitFor();
    await lines(opened.page).click();
    await opened.page.getByRole('region', { name: 'The chosen entry' }).getByText(markup).first().waitFor();
    expect(await opened.page.evaluate('window.wasRun')).toBeUndefined();
    expect(opened.faults).toEqual([]);
  });

  it('keeps no more entries than it shows, however many come', async () => {
    await using opened = await open(written(10));
    const { page, control } = opened;
    for (let batch = 0; batch < 30; batch++) {
      control.world.write(written(500, 10 + batch * 500));
      await line(page, `Entry ${10 + batch * 500 + 499} of the log.`).waitFor();
    }
    await page.getByText('5,000 entries, following').waitFor();
    expect(await lines(page).count()).toBeLessThan(80);
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe calls serious when %s',
    { timeout: 120_000 },
    async (colorScheme) => {
      await using opened = await openControlPage(
        browser,
        '/logs',
        ({ world }) => world.write([...written(300), ...written(1, 300, { level: 'error', request: 'r-1' })]),
        { colorScheme },
      );
      await line(opened.page, 'Entry 300 of the log.').click();
      await opened.page.getByRole('button', { name: 'Only this request' }).waitFor();
      expect(await seriousFindings(opened.page)).toEqual([]);
    },
  );
});
