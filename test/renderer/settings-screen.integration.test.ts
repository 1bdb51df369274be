import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SettingsFile } from '../../broker/control/contract/settings.ts';
import { openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { lastInput } from '../support/control/last-input.ts';

const file = (settings: SettingsFile['settings']): SettingsFile => ({
  format: 'dcmrs-broker-settings',
  version: 1,
  settings,
});

describe('the settings screen', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('saves what was typed, and says what was restarted', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page, control } = open;
    await page.getByLabel('Retry delay').fill('30');
    await page.getByText('1 change is not saved').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. Restarted: the storage SCP.').waitFor();
    expect(lastInput(control.world, 'settings.save')).toEqual({
      changes: { 'wado.retry_delay_in_secs': 30 },
    });
    expect(open.faults).toEqual([]);
  });

  it('says under the field what is wrong while it is typed, and saving goes to the first wrong one', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page, control } = open;
    await page.getByLabel('Retry delay').fill('soon');
    await page.getByText('Allowed: a whole number from 0 to 604800 (seconds).').waitFor();
    await page.getByLabel('Retrieve timeout').fill('-1');
    await page.getByLabel('Search settings').focus();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => focusedField(page)).toBe('wado.retry_delay_in_secs');
    expect(lastInput(control.world, 'settings.save')).toBeUndefined();
  });

  it('shows a value of the environment locked, with the name of its variable', async () => {
    await using open = await openControlPage(browser, '/settings');
    const port = open.page.locator('[data-field="http.port"]');
    await expect.poll(() => port.isDisabled()).toBe(true);
    await open.page.getByText('Set by the environment variable').waitFor();
    expect(await port.getAttribute('aria-describedby')).toContain('lock');
  });

  it('asks before changes are lost, and stays where it is wanted', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page } = open;
    await page.getByLabel('Retry delay').fill('30');
    await page.getByRole('link', { name: 'Logs' }).click();
    await page.getByRole('button', { name: 'Stay here' }).click();
    expect(await page.getByLabel('Retry delay').inputValue()).toBe('30');
    await page.getByRole('link', { name: 'Logs' }).click();
    await page.getByRole('button', { name: 'Leave without saving' }).click();
    await page.getByRole('heading', { name: 'Logs', level: 1 }).waitFor();
  });

  it('takes one setting back to its default', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page, control } = open;
    await page.getByRole('button', { name: 'Reset AE title that receives images to its default' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. Restarted').waitFor();
    expect(lastInput(control.world, 'settings.save')).toEqual({ changes: { 'scp.local_ae': null } });
  });

  it('names what goes before all settings are reset', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page, control } = open;
    await page.getByLabel('Retry delay').waitFor();
    await page.getByRole('button', { name: 'Reset all' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText('AE title of the archive (qido.remote_ae)').waitFor();
    expect(lastInput(control.world, 'settings.reset')).toBeUndefined();
    await question.getByRole('button', { name: 'Reset all settings' }).click();
    await page.getByText('Saved. Restarted').waitFor();
    expect(lastInput(control.world, 'settings.reset')).toEqual({});
  });

  it('exports the settings as a file', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page } = open;
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const path = await (await download).path();
    const exported = JSON.parse(await readFile(path, 'utf8')) as SettingsFile;
    expect(exported.settings).toMatchObject({ 'scp.local_ae': 'BROKER' });
    expect(open.faults).toEqual([]);
  });

  it('shows what an import changes, and imports it when that is confirmed', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page, control } = open;
    await page.getByLabel('Retry delay').waitFor();
    const exported = file({ 'qido.remote_ae': 'OTHER-PACS', 'wado.retry_delay_in_secs': 5 });
    await chooseFile(page, JSON.stringify(exported));
    const row = page.getByRole('row', { name: /wado.retry_delay_in_secs/ });
    expect(await row.textContent()).toContain('600 seconds5 seconds');
    // What is not in the file goes.
    await page.getByRole('row', { name: /scp.local_ae BROKER nothing/ }).waitFor();
    await page.getByRole('button', { name: /^Import \d+ changes/ }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(lastInput(control.world, 'settings.import')).toEqual(exported);
  });

  it('does not import a value that is not allowed', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page } = open;
    await page.getByLabel('Retry delay').waitFor();
    await chooseFile(page, JSON.stringify(file({ 'scp.local_port': 99_999 })));
    await page.getByText('scp.local_port: This value is not allowed.').waitFor();
    expect(await page.getByRole('button', { name: /^Import \d+ change/ }).isDisabled()).toBe(true);
  });

  it('refuses a file that is none of its own', async () => {
    await using open = await openControlPage(browser, '/settings');
    await open.page.getByLabel('Retry delay').waitFor();
    await chooseFile(open.page, '{"format":"something else"}');
    await open.page.getByText('is not a file of settings').waitFor();
  });

  it('finds settings by their name, variable or explanation', async () => {
    await using open = await openControlPage(browser, '/settings');
    const { page } = open;
    await page.getByLabel('Retry delay').waitFor();
    await page.getByLabel('Search settings').fill('WADO_RETRY_DELAY');
    await expect.poll(() => page.locator('[data-field]').count()).toBe(1);
    await page.getByLabel('Search settings').fill('no such thing');
    await page.getByText('No setting contains “no such thing”.').waitFor();
  });

  it('offers to choose a folder only where the host can', async () => {
    await using headless = await openControlPage(browser, '/settings');
    await headless.page.getByRole('textbox', { name: 'Cache folder' }).waitFor();
    expect(await headless.page.getByRole('button', { name: 'Choose a folder' }).count()).toBe(0);
    await using desktop = await openControlPage(browser, '/settings', ({ world }) => {
      world.host = { ...world.host, kind: 'desktop', canChooseFolder: true };
    });
    await desktop.page.getByRole('button', { name: 'Choose a folder' }).click();
    await expect
      .poll(() => desktop.page.getByRole('textbox', { name: 'Cache folder' }).inputValue())
      .toBe('/data/cache');
  });

  it('shows of a secret only that it is set, and sends only a new one', async () => {
    await using open = await openControlPage(browser, '/settings', ({ world }) => {
      world.settings = {
        ...world.settings,
        settings: world.settings.settings.map((setting) =>
          setting.property === 'control.token' ? { ...setting, source: 'store', isSet: true } : setting,
        ),
      };
    });
    const { page, control } = open;
    const field = page.locator('[data-field="control.token"]');
    expect(await field.getAttribute('type')).toBe('password');
    expect(await field.getAttribute('placeholder')).toBe('Set. Type to replace it');
    await field.fill('x');
    await field.fill('');
    await page.getByText('Everything is saved').waitFor();
    await field.fill('a-new-token-of-16-and-more');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. Restarted').waitFor();
    expect(lastInput(control.world, 'settings.save')).toEqual({
      changes: { 'control.token': 'a-new-token-of-16-and-more' },
    });
    expect(await field.inputValue()).toBe('');
  });

  it('has the gateway start at login where the host can', async () => {
    await using open = await openControlPage(browser, '/settings', ({ world }) => {
      world.host = { ...world.host, kind: 'desktop', canStartAtLogin: true };
    });
    const { page, control } = open;
    const choice = page.getByRole('switch', { name: 'Start at login' });
    await choice.click();
    await page.getByText('It starts when you log in.').waitFor();
    expect(lastInput(control.world, 'host.startAtLogin')).toEqual({ enabled: true });
    control.world.failures.set('host.startAtLogin', { message: 'The system did not allow it.' });
    await choice.click();
    await page.getByText('The system did not allow it.').waitFor();
    expect(await choice.getAttribute('aria-checked')).toBe('true');
  });

  it('says what went wrong when saving fails, and keeps what was typed', async () => {
    await using open = await openControlPage(browser, '/settings', ({ world }) => {
      world.failures.set('settings.save', {
        message: 'The disk is full.',
        remedy: 'Make room, then save again.',
      });
    });
    const { page } = open;
    await page.getByLabel('Retry delay').fill('30');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText('Make room, then save again.').waitFor();
    expect(await page.getByLabel('Retry delay').inputValue()).toBe('30');
  });

  it.each(['light', 'dark'] as const)(
    'has nothing serious for axe, also with a wrong value (%s)',
    async (theme) => {
      await using open = await openControlPage(browser, '/settings', undefined, { colorScheme: theme });
      const { page } = open;
      await page.getByLabel('Retry delay').fill('soon');
      await page.getByText('Some values are not right yet').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
    },
  );
});

function focusedField(page: Page): Promise<string | null> {
  return page.locator(':focus').getAttribute('data-field');
}

async function chooseFile(page: Page, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  const chosen = { name: 'settings.json', mimeType: 'application/json', buffer };
  await page.locator('input[type=file]').setInputFiles(chosen);
}
