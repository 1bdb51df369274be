import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { markup } from '../support/control/scripted-state.ts';
import { scriptedStudies } from '../support/control/scripted-studies.ts';
import type { ScriptedWorld } from '../support/control/scripted-world.ts';

const broken = { message: 'The index of the cache cannot be read.', remedy: 'Start the gateway again.' };
const study = (index: number) => `1.2.826.0.1.3680043.8.498.${1_000 + index}`;
const studyGrid = (page: Page) => page.getByRole('grid', { name: 'Studies in the cache' });
const inputs = (world: ScriptedWorld, path: string) =>
  world.calls.filter((call) => call.path === path).map(({ input }) => input as Record<string, unknown>);

describe('the cache', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('shows what its studies are about, with each text of the network as text', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page } = open;
    await page.getByText('40 studies').waitFor();
    await studyGrid(page).getByRole('link', { name: markup, exact: true }).first().waitFor();
    await studyGrid(page).getByText('Receiving').waitFor();
    await studyGrid(page).locator('img').first().waitFor();
    expect(await page.evaluate('window.wasRun')).toBeUndefined();
    expect(open.faults).toEqual([]);
  });

  it('searches and sorts at the gateway', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page, control } = open;
    await page.getByRole('searchbox', { name: 'Search studies' }).fill('yamada');
    await page.getByText('7 studies found').waitFor();
    await page.getByRole('columnheader', { name: 'Size' }).click();
    await expect
      .poll(() => inputs(control.world, 'cache.studies').at(-1))
      .toMatchObject({ text: 'yamada', sort: 'size', descending: false, offset: 0 });
    await expect
      .poll(() => page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort'))
      .toBe('ascending');
  });

  it('sorts also while the pointer holds the order of the rows', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page } = open;
    const firstSize = () => studyGrid(page).getByRole('row').nth(1).getByText(/ MB$/).innerText();
    await studyGrid(page).getByRole('link').nth(2).hover();
    await page.getByRole('columnheader', { name: 'Size' }).click();
    await expect.poll(firstSize).toBe('1.1 MB');
    await page.getByRole('columnheader', { name: 'Size' }).click();
    await expect.poll(firstSize).toBe('628 MB');
  });

  it('asks again for what it shows once the connection is there again', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page, control } = open;
    await page.getByText('40 studies').waitFor();
    await control.cut();
    await page.getByText('The connection to the gateway is lost.').waitFor();
    control.world.studies = control.world.studies.slice(0, 12);
    await control.listen();
    await page.getByRole('button', { name: 'Connect now' }).click();
    await page.getByText('12 studies').waitFor();
  });

  it('says that nothing was found, and offers all studies again', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page } = open;
    await page.getByRole('searchbox', { name: 'Search studies' }).fill('nobody');
    await page.getByText('No study in the cache has “nobody”').waitFor();
    await page.getByRole('button', { name: 'Show all studies' }).click();
    await page.getByText('40 studies').waitFor();
  });

  it('brings further studies as the last ones are seen', async () => {
    await using open = await openControlPage(browser, '/cache', ({ world }) => {
      world.studies = scriptedStudies(450);
    });
    const { page, control } = open;
    await page.getByText('450 studies').waitFor();
    const rows = () => studyGrid(page).getAttribute('aria-rowcount');
    await expect.poll(rows).toBe('251');
    await studyGrid(page).getByRole('gridcell').first().focus();
    await page.keyboard.press('Control+End');
    await expect.poll(rows).toBe('451');
    expect(inputs(control.world, 'cache.studies').map(({ offset }) => offset)).toEqual([0, 250]);
  });

  it('shows what is being received as it grows, without moving rows under the pointer', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page, control } = open;
    const names = () => studyGrid(page).getByRole('row').getByRole('link').allInnerTexts();
    await studyGrid(page).getByRole('link').nth(3).hover();
    const before = await names();
    control.world.studies = control.world.studies.map((one, index) =>
      index === 3 ? { ...one, bytes: 987_000_000, lastUsedAt: new Date().toISOString() } : one,
    );
    control.world.tell({ type: 'cache', archive: 'SECOND', study: study(3) });
    await studyGrid(page).getByText('987 MB').waitFor();
    expect(await names()).toEqual(before);
    await page.getByRole('heading', { name: 'Cache' }).hover();
    await expect.poll(async () => (await names())[0]).toBe(before[3]);
  });

  it('leads by keyboard from a study to the attributes of an instance, and back to its row', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page } = open;
    await studyGrid(page).getByRole('link', { name: 'MÜLLER^ANNA' }).first().waitFor();
    await studyGrid(page).getByRole('gridcell').nth(9).focus();
    for (const item of ['Show series', 'Show instances', 'Show attributes']) {
      await page.keyboard.press('Enter');
      // The focus goes to the first item a moment after the menu is seen.
      await page.getByRole('menuitem', { name: item }).and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Enter');
      if (item === 'Show attributes') break;
      const grid = page.getByRole('grid', { name: item === 'Show series' ? 'Series of' : 'Instances of' });
      await grid.getByRole('gridcell').first().focus();
    }
    await page.getByRole('searchbox', { name: 'Search tags and values' }).fill('1.2.3.4');
    const grid = page.getByRole('grid', { name: 'Attributes of the instance' });
    await page.getByText('2 lines of 5').waitFor();
    expect(await grid.getByText('ReferencedImageSequence').count()).toBe(1);
    await page.getByRole('navigation', { name: 'Place in the cache' }).getByText('All studies').click();
    await expect.poll(() => page.evaluate('document.activeElement.role')).toBe('gridcell');
    expect(await grid.count()).toBe(0);
    expect(open.faults).toEqual([]);
  });

  it('pins, fetches again and removes a study, and names it before it goes', async () => {
    await using open = await openControlPage(browser, `/cache/MAIN/${study(1)}`);
    const { page, control } = open;
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await page.getByRole('button', { name: 'Unpin' }).waitFor();
    await page.getByRole('button', { name: 'Fetch again' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('MÜLLER^ANNA').waitFor();
    await dialog.getByRole('button', { name: 'Fetch again' }).click();
    await page.getByText('Receiving', { exact: true }).filter({ visible: true }).waitFor();
    await page.getByRole('button', { name: 'Remove study' }).click();
    await dialog.getByText('MÜLLER^ANNA').waitFor();
    await dialog.getByRole('button', { name: 'Remove study' }).click();
    await page.getByText('39 studies').waitFor();
    expect(inputs(control.world, 'cache.remove')).toEqual([{ archive: 'MAIN', study: study(1) }]);
  });

  it('keeps what is not meant to go', async () => {
    await using open = await openControlPage(browser, `/cache/MAIN/${study(1)}`);
    await open.page.getByRole('button', { name: 'Remove study' }).click();
    await open.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    expect(inputs(open.control.world, 'cache.remove')).toEqual([]);
  });

  it('removes several studies at once, and says which could not be', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page, control } = open;
    const boxes = page.getByRole('checkbox', { name: 'Choose this row' });
    for (const row of [1, 2]) await boxes.nth(row).click();
    await page.getByRole('button', { name: 'Remove 2 studies' }).click();
    control.world.failures.set('cache.remove', { message: 'The study is being sent.', remedy: 'Wait.' });
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove 2 studies' }).click();
    await page.getByText('2 studies could not be removed. The study is being sent. Wait.').waitFor();
    control.world.failures.clear();
    await boxes.nth(1).click();
    await page.getByRole('button', { name: 'Remove 1 study' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove study' }).click();
    await page.getByText('39 studies').waitFor();
  });

  it('clears the cache of all but what is pinned, or of that too', async () => {
    await using open = await openControlPage(browser, '/cache');
    const { page, control } = open;
    await page.getByRole('button', { name: 'Clear cache' }).click();
    await page.getByRole('dialog').getByText('1,284 studies, 41 GB').waitFor();
    await page.getByRole('button', { name: 'Remove studies that are not pinned' }).click();
    await page.getByText('4 studies', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Clear cache' }).click();
    await page.getByRole('checkbox', { name: 'Remove pinned studies too' }).check();
    await page.getByRole('button', { name: 'Remove all studies' }).click();
    await page.getByText('Studies appear here as viewers ask for them.').waitFor();
    expect(inputs(control.world, 'cache.clear')).toEqual([{ withPinned: false }, { withPinned: true }]);
  });

  it('opens a study in the viewer that is configured, and offers none else', async () => {
    await using open = await openControlPage(browser, `/cache/MAIN/${study(1)}`);
    const { page, control } = open;
    await page.getByRole('button', { name: 'Pin', exact: true }).waitFor();
    const link = page.getByRole('link', { name: 'Open in viewer' });
    expect(await link.count()).toBe(0);
    control.world.describeSetting('control.viewer_url', { value: 'https://viewer.example/v?s={study}' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(`https://viewer.example/v?s=${study(1)}`);
    expect(await link.getAttribute('rel')).toContain('noopener');
    control.world.describeSetting('control.viewer_url', { value: 'javascript:alert({study})' });
    await link.waitFor({ state: 'detached' });
  });

  it('gives back the memory of each picture that it shows no more', async () => {
    await using open = await openControlPage(browser);
    const { page } = open;
    await page.evaluate(`
      window.held = new Set();
      const make = URL.createObjectURL.bind(URL), revoke = URL.revokeObjectURL.bind(URL);
      URL.createObjectURL = (blob) => { const url = make(blob); held.add(url); return url; };
      URL.revokeObjectURL = (url) => { held.delete(url); revoke(url); };
    `);
    await goTo(page, '/cache');
    await expect.poll(() => page.evaluate('held.size')).toBeGreaterThan(3);
    await goTo(page, '/logs');
    await expect.poll(() => page.evaluate('held.size')).toBe(0);
  });

  it('says why the list does not come, and gets it on trying again', async () => {
    await using open = await openControlPage(browser, '/cache', ({ world }) => {
      world.failures.set('cache.studies', broken);
    });
    const { page, control } = open;
    await page.getByRole('alert').getByText(broken.remedy).waitFor();
    control.world.failures.clear();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('40 studies').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('says that a study is gone, and leads to the others', async () => {
    await using open = await openControlPage(browser, '/cache/MAIN/1.2.3');
    await open.page.getByText('This study is no longer in the cache.').waitFor();
    await open.page.getByRole('button', { name: 'Show all studies' }).click();
    await open.page.getByText('40 studies').waitFor();
  });

  const places = [
    { what: 'in the list', place: '/cache', text: '6 studies' },
    { what: 'in a study', place: `/cache/MAIN/${study(4)}`, text: 'Series Instance UID' },
    {
      what: 'in an instance',
      place: `/cache/MAIN/${study(4)}/${study(4)}.1/${study(4)}.1.1`,
      text: 'PixelData',
    },
  ];
  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    places.map((one) => ({ ...one, colorScheme })),
  );

  it.each(looks)(
    'has nothing that axe finds serious $what, $colorScheme',
    async ({ place, text, colorScheme }) => {
      const few = ({ world }: { world: ScriptedWorld }) => {
        world.studies = scriptedStudies(6);
      };
      await using open = await openControlPage(browser, place, few, { colorScheme });
      await open.page.getByText(text, { exact: true }).waitFor();
      expect(await seriousFindings(open.page)).toEqual([]);
      expect(open.faults).toEqual([]);
    },
    60_000,
  );
});
