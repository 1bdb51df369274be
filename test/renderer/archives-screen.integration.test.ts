import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { lastInput } from '../support/control/last-input.ts';
import type { ScriptedControl } from '../support/control/scripted-control.ts';
import { markup } from '../support/control/scripted-state.ts';
import { leaveUnconfigured } from '../support/control/unconfigured-world.ts';

const unknownTitle = {
  message: 'MAIN-PACS does not know our AE title BROKER.',
  remedy: 'Ask its administrator to register it.',
  code: 'association-rejected',
};

describe('the archives screen', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('says of each archive whether it answers, and what is wrong with it', async () => {
    await using open = await openControlPage(browser, '/archives', asNamed);
    const { page } = open;
    const first = page.getByRole('listitem').filter({ hasText: 'MAIN-PACS' });
    await first.getByText('Answers in 12 ms').waitFor();
    const second = page.getByRole('listitem').filter({ hasText: 'SECOND-PACS' });
    await second.getByText('Does not answer').waitFor();
    await second.getByText(markup).waitFor();
    expect(await page.evaluate(`'wasRun' in window`)).toBe(false);
  });

  it('saves one address for queries, retrieval and storing', async () => {
    await using open = await openControlPage(browser, '/archives/edit/default');
    const { page, control } = open;
    await page.getByLabel('AE title of the archive').fill('NEW-PACS');
    await page.getByLabel('Port', { exact: true }).fill('104');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. Restarted: the storage SCP.').waitFor();
    expect(lastInput(control.world, 'settings.save')).toEqual({
      changes: {
        'qido.remote_ae': 'NEW-PACS',
        'wado.remote_ae': 'NEW-PACS',
        'qido.remote_port': 104,
        'wado.remote_port': 104,
      },
    });
    expect(open.faults).toEqual([]);
  });

  it('takes separate addresses where an archive has them', async () => {
    await using open = await openControlPage(browser, '/archives/edit/default');
    const { page, control } = open;
    await page.getByLabel('Separate addresses').check();
    const retrieval = page.getByRole('group', { name: 'Retrieval' });
    await retrieval.getByRole('textbox', { name: 'Host of the archive' }).fill('10.9.9.9');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. Restarted').waitFor();
    expect(lastInput(control.world, 'settings.save')).toEqual({
      changes: { 'wado.remote_host': '10.9.9.9' },
    });
    // They differ now, so they are shown without being asked for.
    expect(await page.getByLabel('Separate addresses').isChecked()).toBe(true);
  });

  it('tests what was typed before it is saved, and explains the step that failed', async () => {
    await using open = await openControlPage(browser, '/archives/edit/default', ({ world }) => {
      world.failures.set('archives.check.associate', unknownTitle);
    });
    const { page, control } = open;
    await page.getByLabel('Host').fill('10.7.7.7');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The test failed').waitFor();
    await page.getByRole('alert').getByText(unknownTitle.remedy).waitFor();
    expect(lastInput(control.world, 'archives.check')).toMatchObject({
      address: { aeTitle: 'MAIN-PACS', host: '10.7.7.7', port: 11_112, callingAeTitle: 'BROKER' },
      withRetrieve: false,
    });
    expect(lastInput(control.world, 'settings.save')).toBeUndefined();
  });

  it('calls addresses of their own by C-ECHO too', async () => {
    await using open = await openControlPage(browser, '/archives/edit/default');
    const { page, control } = open;
    await page.getByLabel('Separate addresses').check();
    await page.locator('[data-field="wado.remote_host"]').fill('10.9.9.9');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The archive works with these settings').waitFor();
    await page.getByRole('heading', { name: 'Retrieval and storing' }).waitFor();
    const called = control.world.calls
      .filter(({ path }) => path === 'archives.check')
      .map(({ input }) => input);
    expect(called).toHaveLength(2);
    const host = (of: string): unknown => expect.objectContaining({ host: of });
    expect(called).toContainEqual({ address: host('10.9.9.9'), until: 'echo' });
    expect(called).toContainEqual({ address: host('10.1.2.3'), withRetrieve: false });
  });

  it('shows what the archive can do, and offers the settings that fit', async () => {
    await using open = await openControlPage(browser, '/archives/edit/default', ({ world }) => {
      world.suggestedChanges = { 'wado.retrieve_method': 'c-get' };
    });
    const { page } = open;
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The archive works with these settings').waitFor();
    await page.getByText('ISO_IR 192').waitFor();
    await page.getByRole('button', { name: 'Use these settings' }).click();
    expect(await page.getByLabel('How images are asked for').inputValue()).toBe('c-get');
    await page.getByText('1 change is not saved').waitFor();
  });

  it('adds an archive under its name, and goes on to what its admin has to register', async () => {
    await using open = await openControlPage(browser, '/archives/add');
    const { page, control } = open;
    await page.getByRole('textbox', { name: 'Name' }).fill('THIRD');
    await page.getByLabel('AE title of the archive').fill('THIRD-PACS');
    await page.getByRole('textbox', { name: 'Host' }).fill('10.3.3.3');
    await page.getByRole('button', { name: 'Add archive' }).click();
    await page.getByRole('heading', { name: 'What THIRD has to register' }).waitFor();
    expect(lastInput(control.world, 'settings.addArchive')).toEqual({
      name: 'THIRD',
      changes: {
        'archives.THIRD.qido.remote_ae': 'THIRD-PACS',
        'archives.THIRD.qido.remote_host': '10.3.3.3',
      },
    });
    expect(open.faults).toEqual([]);
  });

  it('does not add an archive without a name, or with one that there is', async () => {
    await using open = await openControlPage(browser, '/archives/add');
    const { page, control } = open;
    await page.getByRole('button', { name: 'Add archive' }).click();
    await page.getByText('A name is needed here.').waitFor();
    expect(await page.locator(':focus').getAttribute('data-field')).toBe('archive-name');
    await page.keyboard.type('second');
    await page.getByText('There is an archive SECOND already.').waitFor();
    expect(lastInput(control.world, 'settings.addArchive')).toBeUndefined();
  });

  it('orders archives by keyboard, and keeps the focus on the button', async () => {
    await using open = await openControlPage(browser, '/archives', ({ world }) => {
      world.settings = { ...world.settings, archives: ['default', 'SECOND', 'THIRD', 'FOURTH'] };
    });
    const { page, control } = open;
    await page.getByRole('button', { name: 'Move SECOND down' }).press('Enter');
    await expect
      .poll(() => lastInput(control.world, 'settings.orderArchives'))
      .toEqual({ names: ['default', 'THIRD', 'SECOND', 'FOURTH'] });
    await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toBe('Move SECOND down');
  });

  it('names what goes before an archive is removed', async () => {
    await using open = await openControlPage(browser, '/archives');
    const { page, control } = open;
    await page.getByRole('button', { name: 'Remove SECOND' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText('SECOND-PACS at pacs2.hospital.example:11112').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(lastInput(control.world, 'settings.removeArchive')).toBeUndefined();
    await page.getByRole('button', { name: 'Remove SECOND' }).click();
    await question.getByRole('button', { name: 'Remove archive' }).click();
    await page.getByText('SECOND-PACS', { exact: true }).waitFor({ state: 'detached' });
    expect(lastInput(control.world, 'settings.removeArchive')).toEqual({ name: 'SECOND' });
    expect(await page.getByRole('button', { name: 'Remove default' }).count()).toBe(0);
  });

  it('asks an archive now, and says how that went', async () => {
    await using open = await openControlPage(browser, '/archives');
    const { page, control } = open;
    await page.getByRole('button', { name: 'Ask now default' }).click();
    await page.getByText('MAIN-PACS answers in 7 ms.').waitFor();
    control.world.failures.set('archives.ask', {
      message: 'MAIN-PACS is away.',
      remedy: 'See whether it runs.',
    });
    await page.getByRole('button', { name: 'Ask now default' }).click();
    await page.getByRole('alert').getByText('See whether it runs.').waitFor();
  });

  it('gives the details for the other side to copy, and prints them without the window around them', async () => {
    await using open = await openControlPage(browser, '/archives/register/default', undefined, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = open;
    await page.getByRole('button', { name: 'Copy all' }).click();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toContain('AE title that receives images: BROKER (The move destination.)');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('row', { name: /AE title that asks/ }).isVisible()).toBe(true);
    expect(await page.getByRole('navigation', { name: 'Screens' }).isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
  });

  it('says why the details cannot be told', async () => {
    await using open = await openControlPage(browser, '/archives/register/GONE', ({ world }) => {
      world.failures.set('settings.counterpart', { message: 'There is no archive GONE.' });
    });
    await open.page.getByRole('alert').getByText('There is no archive GONE.').waitFor();
  });

  it('leads to the set-up while there is no archive', async () => {
    await using open = await openControlPage(browser, '/archives', ({ world }) => leaveUnconfigured(world));
    await open.page.getByRole('button', { name: 'Set up the first archive' }).click();
    await open.page.getByRole('heading', { name: 'Set-up', level: 1 }).waitFor();
  });

  it.each([
    ['light', '/archives'],
    ['dark', '/archives'],
    ['light', '/archives/edit/default'],
    ['dark', '/archives/edit/default'],
    ['dark', '/archives/register/default'],
  ] as const)('has nothing serious for axe (%s, %s)', async (theme, place) => {
    await using open = await openControlPage(browser, place, asNamed, { colorScheme: theme });
    await open.page.getByText('MAIN-PACS').or(open.page.getByText('Copy all')).first().waitFor();
    expect(await seriousFindings(open.page)).toEqual([]);
  });
});

/** Archives under the names of the settings, one of them with something wrong. */
function asNamed({ world }: ScriptedControl): void {
  const [first, second] = world.state.archives;
  world.changed({
    archives: [
      { ...first!, name: 'default' },
      { ...second!, state: 'silent', trouble: { message: markup } },
    ],
  });
}
