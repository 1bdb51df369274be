import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { lastInput } from '../support/control/last-input.ts';
import type { ScriptedControl } from '../support/control/scripted-control.ts';
import { leaveUnconfigured } from '../support/control/unconfigured-world.ts';

const firstStart = ({ world }: ScriptedControl): void => leaveUnconfigured(world);

describe('the guided set-up', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('is what a gateway without settings shows first, and is not forced on who leaves it', async () => {
    await using open = await openControlPage(browser, '/overview', firstStart);
    const { page } = open;
    await page.getByRole('heading', { name: 'Set-up', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Leave the set-up' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Logs' }).click();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  });

  it('goes from an empty form to an image that arrives, by keyboard alone, and ends on the overview', async () => {
    await using open = await openControlPage(browser, '/setup', (control) => {
      firstStart(control);
      control.world.suggestedChanges = {
        'wado.retrieve_method': 'c-get',
        'qido.character_set': 'ISO_IR 192',
      };
    });
    const { page, control } = open;
    await page.getByRole('textbox', { name: 'AE title of the archive' }).focus();
    for (const text of ['MAIN-PACS', '10.1.2.3', '104', 'BROKER', '11113', '/var/cache/broker']) {
      await page.keyboard.press('Control+a');
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText('ISO_IR 192').waitFor();
    const save = page.getByRole('button', { name: 'Save and fetch one image' });
    await save.press('Enter');
    await page.getByText('Images arrive. The set-up is done.').waitFor();
    const saved = 'How images are asked for: c-get, Character set of queries: ISO_IR 192';
    await page.getByText(`Saved since it fits this archive: ${saved}.`).waitFor();
    expect(lastInput(control.world, 'settings.save')).toEqual({
      changes: {
        'qido.remote_ae': 'MAIN-PACS',
        'wado.remote_ae': 'MAIN-PACS',
        'qido.remote_host': '10.1.2.3',
        'wado.remote_host': '10.1.2.3',
        'qido.remote_port': 104,
        'wado.remote_port': 104,
        'qido.local_ae': 'BROKER',
        'wado.local_ae': 'BROKER',
        'scp.local_ae': 'BROKER',
        'scp.local_port': 11_113,
        'scp.cache_dir_path': '/var/cache/broker',
        'wado.retrieve_method': 'c-get',
        'qido.character_set': 'ISO_IR 192',
      },
    });
    await page.getByRole('button', { name: 'Finish and open the overview' }).press('Enter');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(open.faults).toEqual([]);
  });

  it.each([
    ['connect', 'Nothing listens on port 104 of 10.1.2.3.', 'What was tried'],
    ['associate', 'MAIN-PACS does not know our AE title BROKER.', 'For the archive’s administrator'],
    ['find', 'MAIN-PACS does not let BROKER query.', 'What was tried'],
  ])(
    'explains a failure of %s, gives the details to copy, and goes on once it is mended',
    async (step, message, title) => {
      await using open = await openControlPage(browser, '/setup', (control) => {
        firstStart(control);
        control.world.failures.set(`archives.check.${step}`, { message, remedy: 'Do this.' });
      });
      const { page, control } = open;
      await typeAddress(page);
      await page.getByRole('alert').getByText(message).waitFor();
      await page.getByRole('heading', { name: title }).waitFor();
      await page.getByRole('button', { name: 'Copy these details' }).waitFor();
      expect(lastInput(control.world, 'settings.save')).toBeUndefined();
      control.world.failures.clear();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('button', { name: 'Save and fetch one image' }).waitFor();
    },
  );

  it.each([
    ['retrieve', 'MAIN-PACS does not know where to send images: BROKER is no move destination.'],
    ['receive', 'Nothing has reached port 11112 of this machine.'],
  ])('explains a failure of the test retrieval (%s)', async (step, message) => {
    await using open = await openControlPage(browser, '/setup', (control) => {
      firstStart(control);
      control.world.failures.set(`archives.check.${step}`, { message, dimseStatus: '0xA801' });
    });
    const { page } = open;
    await typeAddress(page);
    await page.getByRole('button', { name: 'Save and fetch one image' }).click();
    await page.getByRole('alert').getByText(message).waitFor();
    await page.getByText('Port that receives images').waitFor();
    await page.getByRole('button', { name: 'Finish without this test' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  });

  it('says under the field what is missing, and puts the focus there', async () => {
    await using open = await openControlPage(browser, '/setup', (control) => {
      firstStart(control);
      control.world.missing = ['scp.cache_dir_path'];
    });
    const { page } = open;
    await page.getByRole('textbox', { name: 'AE title of the archive' }).fill('MAIN-PACS');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('A value is needed here.').waitFor();
    await expect.poll(() => page.locator(':focus').getAttribute('data-field')).toBe('scp.cache_dir_path');
  });

  it('can be left and taken up again', async () => {
    await using open = await openControlPage(browser, '/setup', firstStart);
    const { page } = open;
    await page.getByRole('textbox', { name: 'Host' }).fill('10.1.2.3');
    await goTo(page, '/logs');
    await page.getByRole('heading', { name: 'Logs', level: 1 }).waitFor();
    await page.reload();
    await goTo(page, '/setup');
    await page.getByText('the fields are as you left them').waitFor();
    expect(await page.getByRole('textbox', { name: 'Host' }).inputValue()).toBe('10.1.2.3');
    await page.getByRole('button', { name: 'Start over' }).click();
    expect(await page.getByRole('textbox', { name: 'Host' }).inputValue()).toBe('');
  });

  it.each(['light', 'dark'] as const)('has nothing serious for axe, at each step (%s)', async (theme) => {
    await using open = await openControlPage(
      browser,
      '/setup',
      (control) => {
        firstStart(control);
        control.world.failures.set('archives.check.receive', { message: 'Nothing came.' });
      },
      { colorScheme: theme },
    );
    const { page } = open;
    await page.getByRole('textbox', { name: 'Host' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await typeAddress(page);
    await page.getByRole('button', { name: 'Save and fetch one image' }).click();
    await page.getByRole('alert').getByText('Nothing came.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });
});

async function typeAddress(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'AE title of the archive' }).fill('MAIN-PACS');
  await page.getByRole('textbox', { name: 'Host' }).fill('10.1.2.3');
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill('104');
  await page.getByRole('textbox', { name: 'Our AE title' }).fill('BROKER');
  await page.getByRole('textbox', { name: 'Cache folder' }).fill('/var/cache/broker');
  await page.getByRole('button', { name: 'Test connection' }).click();
}
