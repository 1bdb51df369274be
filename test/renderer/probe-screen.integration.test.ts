import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { markup } from '../support/control/scripted-state.ts';
import type { ScriptedWorld } from '../support/control/scripted-world.ts';

const refused = {
  message: 'MAIN-PACS refused the connection: it does not know our AE title BROKER.',
  remedy: 'Ask its admin to register BROKER at 10.1.2.9, port 11112.',
  code: 'association-rejected',
  dimseStatus: '0xA801',
};
const answers = (page: Page) => page.getByRole('grid', { name: 'Answers' });
const find = (page: Page, what = 'studies') => page.getByRole('button', { name: `Find ${what}` }).click();
const completions = (page: Page) => page.getByRole('option', { name: /\(\d{4},/ });
const queries = (world: ScriptedWorld) =>
  world.calls
    .filter(({ path }) => path === 'probe.find')
    .map(({ input }) => input as Record<string, unknown>);

describe('the probe', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('sends a C-ECHO to each archive and says what took how long', async () => {
    await using open = await openControlPage(browser, '/probe/echo');
    const { page } = open;
    await page.getByRole('button', { name: 'Send C-ECHO to MAIN' }).click();
    const row = page.getByRole('row', { name: /MAIN-PACS/ });
    for (const text of ['Answers', '1 ms', '4 ms', '7 ms']) await row.getByText(text).waitFor();
    await page.getByText('Not asked yet').waitFor();
    await page.getByText('DIMSE trace of MAIN').click();
    await page.getByText('BROKER calls MAIN-PACS').waitFor();
    expect(open.faults).toEqual([]);
  });

  it('says why an archive does not answer, and what to do', async () => {
    await using open = await openControlPage(browser, '/probe/echo', ({ world }) => {
      world.failures.set('archives.ask', refused);
    });
    const { page } = open;
    await page.getByRole('button', { name: 'Send C-ECHO to SECOND' }).click();
    const note = page.getByRole('alert');
    for (const text of [refused.message, refused.remedy, refused.dimseStatus]) {
      await note.getByText(text).waitFor();
    }
    await page
      .getByRole('row', { name: /SECOND-PACS/ })
      .getByText('Failed')
      .waitFor();
  });

  it('shows answers as text, and that there are more', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page } = open;
    await find(page);
    await page.getByText('1,000 answers in 412 ms').waitFor();
    await page.getByText('There are more.').waitFor();
    await answers(page).getByText(markup, { exact: true }).first().waitFor();
    await answers(page).getByText('2026-01-01').first().waitFor();
    expect(await page.evaluate('window.wasRun')).toBeUndefined();
    expect(open.faults).toEqual([]);
  });

  it('holds 10,000 answers with few of them in the page', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page, control } = open;
    await find(page);
    await page.getByRole('button', { name: 'Ask for 10,000' }).click();
    await page.getByText('10,000 answers in').waitFor();
    expect(await page.getByText('There are more.').count()).toBe(0);
    expect(queries(control.world).at(-1)).toMatchObject({ limit: 10_000 });
    expect(await answers(page).getAttribute('aria-rowcount')).toBe('10001');
    expect(await answers(page).getByRole('row').count()).toBeLessThan(60);
    await answers(page).getByRole('gridcell').first().focus();
    await page.keyboard.press('Control+End');
    await answers(page).getByText('P169993').waitFor();
  });

  it('builds keys by keyboard with completion, and sends them as C-FIND has them', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page, control } = open;
    await page.getByLabel('Value of key 1').fill('DOE*');
    await page.getByLabel('Value of key 2').fill('2026-11-01 - 2026-11-30');
    await page.getByRole('button', { name: 'Add key' }).click();
    await page.keyboard.type('acc');
    await page.getByRole('option', { name: /AccessionNumber/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    const box = page.getByRole('combobox', { name: 'Attribute of key 3' });
    await expect.poll(() => box.getAttribute('aria-activedescendant')).not.toBeNull();
    await page.keyboard.press('Enter');
    expect(await box.inputValue()).toBe('AccessionNumber');
    expect(await box.getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('Tab');
    await page.keyboard.type('A17');
    await page.keyboard.press('Enter');
    await page.getByText('answers in').waitFor();
    expect(queries(control.world)).toMatchObject([
      {
        archive: 'MAIN',
        level: 'study',
        keys: [
          { attribute: 'PatientName', value: 'DOE*' },
          { attribute: 'StudyDate', value: '20261101-20261130' },
          { attribute: 'AccessionNumber', value: 'A17' },
        ],
      },
    ]);
  });

  it('closes the completion with Escape, and keeps what was typed', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page } = open;
    const box = page.getByRole('combobox', { name: 'Attribute of key 1' });
    await box.fill('pat');
    await completions(page).first().waitFor();
    await page.keyboard.press('Escape');
    await completions(page).first().waitFor({ state: 'hidden' });
    expect(await box.inputValue()).toBe('pat');
  });

  it('explains what may be typed, and asks nothing as long as a value is wrong', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page, control } = open;
    await page.getByLabel('Value of key 1').focus();
    await page.getByText('* stands for any text').waitFor();
    const date = page.getByLabel('Value of key 2');
    await date.fill('20261131');
    await page.getByText('from a day on 20261101-').waitFor();
    await find(page);
    await page.getByText('“20261131” is not a date such as 20261125.').waitFor();
    await date.and(page.locator(':focus')).waitFor();
    expect(queries(control.world)).toEqual([]);
  });

  it('asks for further return keys, and shows them', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page, control } = open;
    await page.getByRole('button', { name: '8 return keys' }).click();
    await page.getByRole('button', { name: 'Remove AccessionNumber' }).click();
    const add = page.getByRole('combobox', { name: 'Add a return key' });
    await add.fill('AccessionNumber');
    await completions(page).first().waitFor();
    await add.press('Enter');
    await page.getByRole('button', { name: 'Remove AccessionNumber' }).waitFor();
    await find(page);
    await page.getByText('answers in').waitFor();
    expect(queries(control.world)[0]?.['returnKeys']).toContain('00080050');
  });

  it('goes from a study down to its series and their instances, and back', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page, control } = open;
    await find(page);
    await page.getByText('answers in').waitFor();
    await answers(page).getByRole('button', { name: 'Show its series' }).nth(1).click();
    await page.getByRole('button', { name: 'Back to the studies' }).waitFor();
    await page.getByText('MÜLLER^ANNA · MR brain with contrast').waitFor();
    await expect
      .poll(() => queries(control.world).at(-1))
      .toMatchObject({
        level: 'series',
        keys: [{ attribute: 'StudyInstanceUID', value: '1.2.826.0.1.3680043.8.498.1001' }],
      });
    await page.getByRole('button', { name: 'Back to the studies' }).click();
    await answers(page).getByText('MÜLLER^ANNA').first().waitFor();
    await page.getByRole('button', { name: 'Find studies' }).waitFor();
    expect(queries(control.world)).toHaveLength(2);
  });

  it('retrieves a row step by step', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page, control } = open;
    await find(page);
    await page.getByText('answers in').waitFor();
    await answers(page).getByRole('button', { name: 'Retrieve study into the cache' }).nth(1).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It is in the cache.').waitFor();
    await dialog.getByText('Receive them').waitFor();
    expect(control.world.calls.find(({ path }) => path === 'probe.retrieve')?.input).toEqual({
      archive: 'MAIN',
      study: '1.2.826.0.1.3680043.8.498.1001',
    });
    await dialog.getByRole('button', { name: 'Show in the cache' }).click();
    await page.getByRole('grid', { name: 'Series of the study' }).waitFor();
    expect(open.faults).toEqual([]);
  });

  it('says at which step a retrieval failed, and what to do', async () => {
    await using open = await openControlPage(browser, '/probe', ({ world }) => {
      world.failures.set('probe.retrieve.retrieve', refused);
    });
    const { page, control } = open;
    await find(page);
    await page.getByText('answers in').waitFor();
    await answers(page).getByRole('gridcell').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Retrieve study into the cache' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('alert').getByText(refused.remedy).waitFor();
    await dialog.getByText('It did not all come.').waitFor();
    control.world.failures.clear();
    await dialog.getByRole('button', { name: 'Retrieve again' }).click();
    await dialog.getByText('It is in the cache.').waitFor();
  });

  it('says why a query failed, with what went over the wire', async () => {
    await using open = await openControlPage(browser, '/probe', ({ world }) => {
      world.failures.set('probe.find.end', refused);
    });
    const { page } = open;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await find(page);
    await page.getByRole('alert').getByText(refused.remedy).waitFor();
    await page.getByText('DIMSE trace').click();
    await page.getByRole('button', { name: 'Copy the trace' }).click();
    await page.getByRole('status').getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain('-> A-ASSOCIATE-RQ BROKER calls');
  });

  it('keeps what has come where a query is cancelled', async () => {
    await using open = await openControlPage(browser, '/probe', ({ world }) => {
      world.silences.add('probe.find');
    });
    const { page } = open;
    await find(page);
    await page.getByText('200 answers so far').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled after 200 answers.').waitFor();
    await page.getByRole('button', { name: 'Find studies' }).waitFor();
    expect(await answers(page).getAttribute('aria-rowcount')).toBe('201');
  });

  it('leads to the set-up where no archive is there', async () => {
    await using open = await openControlPage(browser, '/probe', ({ world }) => {
      world.changed({ archives: [] });
    });
    await open.page.getByRole('button', { name: 'Set up an archive' }).click();
    await expect.poll(() => open.page.url()).toContain('#/setup');
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe finds serious, %s',
    async (colorScheme) => {
      await using open = await openControlPage(browser, '/probe', undefined, { colorScheme });
      const { page } = open;
      await page.getByLabel('At most').selectOption('100');
      await page.getByLabel('Value of key 2').fill('x');
      await find(page);
      await page.getByRole('button', { name: 'Add key' }).click();
      await page.keyboard.type('pat');
      await completions(page).first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await goTo(page, '/probe/echo');
      await page.getByRole('button', { name: 'Send C-ECHO to all' }).click();
      await page.getByText('Answers').nth(1).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(open.faults).toEqual([]);
    },
    90_000,
  );

  it('has nothing that axe finds serious among its answers', async () => {
    await using open = await openControlPage(browser, '/probe');
    const { page } = open;
    await find(page);
    await page.getByText('answers in').waitFor();
    await page.getByText('DIMSE trace').click();
    expect(await seriousFindings(page)).toEqual([]);
  }, 90_000);
});
